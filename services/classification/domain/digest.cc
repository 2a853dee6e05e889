#include "services/classification/domain/digest.h"

#include <algorithm>
#include <cstdlib>

#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/domain/strike_ledger.h"

namespace touchstone::classification {
namespace {

using events::v1::MomentOfTruth;

// Newest first; of one time by id.
bool ComesFirst(const MomentOfTruth& a, const MomentOfTruth& b) {
  const int64_t a_ns = Nanos(a.occur_time());
  const int64_t b_ns = Nanos(b.occur_time());
  return a_ns != b_ns ? a_ns > b_ns : a.id() < b.id();
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

events::v1::JourneyDigest DigestOf(const state::v1::Head& head, absl::string_view subject, int64_t now_ns) {
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
  *digest.mutable_last_moments() = head.last_moments();
  *digest.mutable_last_touchpoints() = fold.last_touchpoints();
  for (auto point = fold.contact_points().rbegin(); point != fold.contact_points().rend(); ++point) {
    *digest.add_contact_points() = *point;
  }
  digest.set_language(fold.language());
  AddPromises(fold, now_ns, digest);
  return digest;
}

void AddLastMoment(const MomentOfTruth& moment, state::v1::Head& head) {
  auto& last = *head.mutable_last_moments();
  if (last.size() == kLastMoments && ComesFirst(*last.rbegin(), moment)) return;
  *last.Add() = moment;
  for (int i = last.size() - 1; i > 0 && ComesFirst(last[i], last[i - 1]); --i) last.SwapElements(i, i - 1);
  if (last.size() > kLastMoments) last.RemoveLast();
}

}  // namespace touchstone::classification
