#include "services/classification/domain/strands.h"

#include <algorithm>
#include <limits>

#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

using state::v1::PromiseEntry;
using state::v1::StrandEntry;

bool HasKey(const StrandEntry& strand, const events::v1::Correlation* key) {
  if (key == nullptr) return strand.facts().id().empty();
  return strand.facts().kind() == key->kind() && strand.facts().id() == key->id();
}

// An open promise outweighs age: dropping the strand would lose a deadline.
bool GoesBefore(const StrandEntry& a, const StrandEntry& b) {
  const bool a_open = a.facts().promises_open() > 0;
  const bool b_open = b.facts().promises_open() > 0;
  if (a_open != b_open) return b_open;
  return Nanos(a.facts().last_time()) < Nanos(b.facts().last_time());
}

void MakeRoomForStrand(state::v1::FoldState& state) {
  auto& strands = *state.mutable_strands();
  if (strands.size() < kStrandsMax) return;
  int victim = 0;
  for (int i = 1; i < strands.size(); ++i) {
    if (GoesBefore(strands[i], strands[victim])) victim = i;
  }
  strands.DeleteSubrange(victim, 1);
}

void MakeRoomForPromise(StrandEntry& strand) {
  auto& promises = *strand.mutable_promises();
  if (promises.size() < kPromisesPerStrandMax) return;
  int victim = 0;
  while (victim < promises.size() && promises[victim].status() == PromiseEntry::STATUS_OPEN) ++victim;
  if (victim == promises.size()) {
    victim = 0;
    strand.mutable_facts()->set_promises_open(strand.facts().promises_open() - 1);
  }
  promises.DeleteSubrange(victim, 1);
}

void Keep(PromiseEntry& promise, pack::v1::StrandFacts& facts) {
  if (promise.status() == PromiseEntry::STATUS_BROKEN) promise.set_status(PromiseEntry::STATUS_KEPT_LATE);
  if (promise.status() != PromiseEntry::STATUS_OPEN) return;
  promise.set_status(PromiseEntry::STATUS_KEPT);
  facts.set_promises_open(facts.promises_open() - 1);
  facts.set_promises_kept(facts.promises_kept() + 1);
}

}  // namespace

bool SameStrand(const events::v1::Correlation* a, const events::v1::Correlation* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->kind() == b->kind() && a->id() == b->id();
}

StrandEntry& OpenStrand(const events::v1::Correlation* key, state::v1::FoldState& state) {
  for (StrandEntry& strand : *state.mutable_strands()) {
    if (HasKey(strand, key)) return strand;
  }
  MakeRoomForStrand(state);
  StrandEntry& strand = *state.add_strands();
  if (key != nullptr) {
    strand.mutable_facts()->set_kind(key->kind());
    strand.mutable_facts()->set_id(key->id());
  }
  return strand;
}

void KeepPromises(const Candidates& candidates, const Scene& scene, StrandEntry& strand) {
  if (strand.promises().empty() || scene.IsOurDoing()) return;
  for (const PromiseRule* rule : candidates.promises) {
    if (!rule->kept_by.Holds(scene)) continue;
    for (PromiseEntry& promise : *strand.mutable_promises()) {
      if (promise.promise().what() == rule->what) Keep(promise, *strand.mutable_facts());
    }
  }
}

void MakePromise(const Pack& pack, const events::v1::Touchpoint& touchpoint, StrandEntry& strand) {
  if (!touchpoint.has_promise() || pack.FindPromise(touchpoint.promise().what()) == nullptr) return;
  MakeRoomForPromise(strand);
  PromiseEntry& promise = *strand.add_promises();
  *promise.mutable_promise() = touchpoint.promise();
  promise.set_due_ns(std::max(Nanos(touchpoint.promise().until_time()), Nanos(touchpoint.occur_time())));
  promise.set_status(PromiseEntry::STATUS_OPEN);
  strand.mutable_facts()->set_promises_open(strand.facts().promises_open() + 1);
}

int64_t NextBreak(const state::v1::FoldState& state) {
  int64_t next = std::numeric_limits<int64_t>::max();
  for (const StrandEntry& strand : state.strands()) {
    if (strand.facts().promises_open() == 0) continue;
    for (const PromiseEntry& promise : strand.promises()) {
      if (promise.status() == PromiseEntry::STATUS_OPEN) next = std::min(next, promise.due_ns());
    }
  }
  return next;
}

void BreakPromises(int64_t due_ns, state::v1::FoldState& state) {
  for (StrandEntry& strand : *state.mutable_strands()) {
    if (strand.facts().promises_open() == 0) continue;
    for (PromiseEntry& promise : *strand.mutable_promises()) {
      if (promise.status() != PromiseEntry::STATUS_OPEN || promise.due_ns() > due_ns) continue;
      promise.set_status(PromiseEntry::STATUS_BROKEN);
      strand.mutable_facts()->set_promises_open(strand.facts().promises_open() - 1);
      strand.mutable_facts()->set_promises_broken(strand.facts().promises_broken() + 1);
    }
  }
}

}  // namespace touchstone::classification
