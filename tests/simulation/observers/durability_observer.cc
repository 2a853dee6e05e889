#include "tests/simulation/observers/durability_observer.h"

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"

namespace touchstone::simulation {
namespace {

constexpr int kReadAtOnce = 1'000'000;

std::string PlaceOf(absl::string_view topic, int32_t partition, int64_t offset) {
  return absl::StrCat(topic, "/", partition, " @", offset);
}

}  // namespace

uint64_t DurabilityObserver::HashOf(absl::string_view key, absl::string_view id, absl::string_view value) {
  return absl::HashOf(key, id, value);
}

void DurabilityObserver::OnRecord(const Seen& seen) {
  std::vector<uint64_t>& records = durable_[{seen.position.topic, seen.position.partition}];
  if (static_cast<int64_t>(records.size()) != seen.position.offset) {
    verdicts_.Wrong(Check::kSeenStays,
                    absl::StrCat(PlaceOf(seen.position.topic, seen.position.partition, seen.position.offset), " follows upon ",
                                 records.size(), " records"),
                    seen.record.key);
    return;
  }
  records.push_back(HashOf(seen.record.key, seen.record.id, seen.record.value));
}

void DurabilityObserver::Acknowledged(const std::vector<eventlog::OutRecord>& records,
                                      const std::vector<eventlog::Position>& positions) {
  for (size_t i = 0; i < records.size(); ++i) {
    const eventlog::Position& at = positions[i];
    const std::vector<uint64_t>& durable = durable_[{at.topic, at.partition}];
    const bool is_there = at.offset < static_cast<int64_t>(durable.size()) && at.topic == records[i].topic &&
                          durable[at.offset] == HashOf(records[i].key, records[i].id, records[i].value);
    if (is_there) continue;
    verdicts_.Wrong(Check::kAcknowledgedStays,
                    absl::StrCat(records[i].id, " was acknowledged at ", PlaceOf(at.topic, at.partition, at.offset),
                                 " and does not lie there"),
                    records[i].key);
  }
}

void DurabilityObserver::Read(const std::string& topic, const eventlog::TailRecord& record) {
  const std::vector<uint64_t>& durable = durable_[{topic, record.partition}];
  const int64_t offset = record.record.offset;
  if (offset < static_cast<int64_t>(durable.size()) &&
      durable[offset] == HashOf(record.record.key, record.record.id, record.record.value)) {
    return;
  }
  verdicts_.Wrong(Check::kSeenStays,
                  absl::StrCat("a reader saw ", record.record.id, " at ", PlaceOf(topic, record.partition, offset),
                               ", where it does not lie for good"),
                  record.record.key);
}

void DurabilityObserver::ReadAtRest(eventlog::EventLog& log) {
  for (const auto& [partition, records] : durable_) {
    const auto& [topic, number] = partition;
    absl::StatusOr<std::unique_ptr<eventlog::Tail>> tail =
        log.OpenTail(topic, {.from = eventlog::TailStart::From::kBegin, .next_offsets = {}});
    if (!tail.ok()) continue;
    int64_t count = 0;
    const absl::StatusOr<std::vector<eventlog::TailRecord>> read = (*tail)->Read(kReadAtOnce);
    for (const eventlog::TailRecord& record : *read) {
      if (record.partition != number) continue;
      ++count;
      Read(topic, record);
    }
    if (count < static_cast<int64_t>(records.size())) {
      verdicts_.Wrong(Check::kAcknowledgedStays,
                      absl::StrCat(topic, "/", number, " has ", count, " of the ", records.size(), " records that were durable"));
    }
  }
}

}  // namespace touchstone::simulation
