#include "services/classification/domain/digest.h"

#include <algorithm>
#include <cstdlib>

#include "common/status/invariant.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/domain/strike_ledger.h"
#include "services/classification/domain/wire_field.h"

namespace touchstone::classification {
namespace {

// Newest first; of one time by id.
bool ComesFirst(const state::v1::LastMoment& a, const state::v1::LastMoment& b) {
  return a.time_ns() != b.time_ns() ? a.time_ns() > b.time_ns() : a.id() < b.id();
}

void AddPromises(const state::v1::FoldState& fold, int64_t now_ns, events::v1::JourneyDigest& digest) {
  auto* promises = digest.mutable_promises();
  for (const state::v1::StrandEntry& strand : fold.strands()) {
    if (!strand.promises().empty()) AddOpenPromises(strand, promises);
  }
  const auto distance = [&](const events::v1::PromiseState* one) {
    return std::abs(Nanos(one->promise().until_time()) / 1000 - now_ns / 1000);
  };
  std::stable_sort(promises->pointer_begin(), promises->pointer_end(),
                   [&](const auto* a, const auto* b) { return distance(a) < distance(b); });
  while (promises->size() > kDigestPromisesMax) promises->RemoveLast();
}

}  // namespace

void AddOpenPromises(const state::v1::StrandEntry& strand,
                     google::protobuf::RepeatedPtrField<events::v1::PromiseState>* promises) {
  for (const state::v1::PromiseEntry& entry : strand.promises()) {
    const bool broken = entry.status() == state::v1::PromiseEntry::STATUS_BROKEN;
    if (!broken && entry.status() != state::v1::PromiseEntry::STATUS_OPEN) continue;
    events::v1::PromiseState& promise = *promises->Add();
    *promise.mutable_promise() = entry.promise();
    promise.set_broken(broken);
    if (strand.facts().id().empty()) continue;
    promise.mutable_strand()->set_kind(strand.facts().kind());
    promise.mutable_strand()->set_id(strand.facts().id());
  }
}

std::string SerializedDigestOf(const state::v1::Head& head, absl::string_view subject, int64_t now_ns) {
  const state::v1::FoldState& fold = head.fold();
  events::v1::JourneyDigest digest;
  digest.set_subject(std::string(subject));
  digest.set_stage(fold.journey().stage());
  if (!fold.stages().empty()) *digest.mutable_stage_time() = fold.stages().rbegin()->evidence().occur_time();
  digest.set_touchpoint_count(fold.journey().touchpoint_count());
  if (fold.journey().has_first_time()) *digest.mutable_first_time() = fold.journey().first_time();
  if (fold.journey().has_last_time()) *digest.mutable_last_time() = fold.journey().last_time();
  Hundredths hundredths = 0;
  for (const state::v1::Incident& incident : fold.incidents()) hundredths += CountOf(incident, now_ns);
  digest.set_strike_hundredths(hundredths);
  for (auto point = fold.contact_points().rbegin(); point != fold.contact_points().rend(); ++point) {
    *digest.add_contact_points() = *point;
  }
  digest.set_language(fold.language());
  AddPromises(fold, now_ns, digest);
  std::string bytes = digest.SerializeAsString();
  for (const state::v1::LastMoment& last : head.last_moments()) {
    AppendField(events::v1::JourneyDigest::kLastMomentsFieldNumber, last.moment(), bytes);
  }
  for (const std::string& last : fold.last_touchpoints()) {
    AppendField(events::v1::JourneyDigest::kLastTouchpointsFieldNumber, last, bytes);
  }
  return bytes;
}

events::v1::JourneyDigest DigestOf(const state::v1::Head& head, absl::string_view subject, int64_t now_ns) {
  events::v1::JourneyDigest digest;
  INVARIANT(digest.ParseFromString(SerializedDigestOf(head, subject, now_ns)), "a digest does not parse");
  return digest;
}

void AddLastMoment(const events::v1::MomentOfTruth& moment, state::v1::Head& head) {
  state::v1::LastMoment one;
  one.set_time_ns(Nanos(moment.occur_time()));
  one.set_id(moment.id());
  auto& last = *head.mutable_last_moments();
  if (last.size() == kLastMoments && ComesFirst(*last.rbegin(), one)) return;
  one.set_moment(moment.SerializeAsString());
  *last.Add() = std::move(one);
  for (int i = last.size() - 1; i > 0 && ComesFirst(last[i], last[i - 1]); --i) last.SwapElements(i, i - 1);
  if (last.size() > kLastMoments) last.RemoveLast();
}

}  // namespace touchstone::classification
