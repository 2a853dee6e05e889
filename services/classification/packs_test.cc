// Each pack that ships: its examples hold, and hold it: no rule of it can go, or be turned around, without one of them noticing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/classification/domain/pack_compiler.h"
#include "services/classification/pack_examples.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/example_runner.h"

namespace touchstone::classification {
namespace {

constexpr char kRetail[] = "deploy/packs/retail";

std::vector<Example> ExamplesOf(const std::string& pack) {
  absl::StatusOr<std::vector<Example>> examples = LoadExamples(pack + "/examples");
  EXPECT_TRUE(examples.ok()) << examples.status();
  return examples.ok() ? *std::move(examples) : std::vector<Example>();
}

TEST(Packs, CoreLoads) {
  const auto pack = LoadPack("deploy/packs/core");
  ASSERT_TRUE(pack.ok()) << pack.status();
}

TEST(Packs, ExamplesOfRetailHold) {
  const auto pack = LoadPack(kRetail);
  ASSERT_TRUE(pack.ok()) << pack.status();
  const std::vector<Example> examples = ExamplesOf(kRetail);
  EXPECT_GE(examples.size(), 45u);
  for (const Example& example : examples) EXPECT_EQ(Unmet(example, *pack), "");
}

// One change to a pack that its examples must notice.
struct Mutation {
  std::string what;
  std::vector<PackSource> sources;
};

class Mutations {
 public:
  explicit Mutations(std::vector<PackSource> sources) : sources_(std::move(sources)) {}

  std::vector<Mutation> All() {
    for (size_t i = 0; i < sources_.size(); ++i) {
      const auto& moments = sources_[i].moments;
      for (int rule = 0; rule < moments.moments_size(); ++rule) OfMoment(i, rule);
      for (int rule = 0; rule < moments.recoveries_size(); ++rule) {
        const std::string& id = moments.recoveries(rule).id();
        Change(id + " deleted", i, [&](PackSource& to) { to.moments.mutable_recoveries()->DeleteSubrange(rule, 1); });
        Change(id + " inverted", i, [&](PackSource& to) { Invert(*to.moments.mutable_recoveries(rule)->mutable_when()); });
      }
      for (int rule = 0; rule < sources_[i].stages.stages_size(); ++rule) {
        const std::string name = absl::StrCat("stage rule ", rule, " of ", sources_[i].pack.pack());
        Change(name + " deleted", i, [&](PackSource& to) { to.stages.mutable_stages()->DeleteSubrange(rule, 1); });
        Change(name + " inverted", i, [&](PackSource& to) { Invert(*to.stages.mutable_stages(rule)->mutable_when()); });
      }
      for (int rule = 0; rule < sources_[i].pack.promises_size(); ++rule) {
        const std::string name = absl::StrCat("promise of ", sources_[i].pack.promises(rule).what());
        Change(name + " deleted", i, [&](PackSource& to) { to.pack.mutable_promises()->DeleteSubrange(rule, 1); });
        Change(name + " inverted", i, [&](PackSource& to) { Invert(*to.pack.mutable_promises(rule)->mutable_kept_by()); });
      }
    }
    return std::move(all_);
  }

 private:
  void OfMoment(size_t i, int rule) {
    const pack::v1::MomentRule& moment = sources_[i].moments.moments(rule);
    const auto change = [&](const std::string& how, auto edit) {
      Change(absl::StrCat(moment.id(), " ", how), i, [&](PackSource& to) { edit(*to.moments.mutable_moments(rule)); });
    };
    Change(moment.id() + " deleted", i, [&](PackSource& to) { to.moments.mutable_moments()->DeleteSubrange(rule, 1); });
    change("inverted", [](pack::v1::MomentRule& to) { Invert(*to.mutable_when()); });
    if (moment.has_strike()) change("without its strike", [](pack::v1::MomentRule& to) { to.clear_strike(); });
    if (moment.if_().has_first()) change("without first", [](pack::v1::MomentRule& to) { to.mutable_if_()->clear_first(); });
    if (moment.if_().has_absence())
      change("without absence", [](pack::v1::MomentRule& to) { to.mutable_if_()->clear_absence(); });
    if (moment.if_().has_strikes())
      change("without strikes", [](pack::v1::MomentRule& to) { to.mutable_if_()->clear_strikes(); });
    if (moment.if_().stage_size() > 0) change("without stage", [](pack::v1::MomentRule& to) { to.mutable_if_()->clear_stage(); });
    if (!moment.if_().has_count()) return;
    change("counting one more", [](pack::v1::MomentRule& to) {
      auto& count = *to.mutable_if_()->mutable_count();
      count.set_at_least(count.at_least() + 1);
    });
    change("with `of` inverted", [](pack::v1::MomentRule& to) { Invert(*to.mutable_if_()->mutable_count()->mutable_of()); });
  }

  static void Invert(std::string& condition) { condition = absl::StrCat("!(", condition, ")"); }

  template <typename Edit>
  void Change(const std::string& what, size_t source, Edit edit) {
    Mutation mutation{what, sources_};
    edit(mutation.sources[source]);
    all_.push_back(std::move(mutation));
  }

  const std::vector<PackSource> sources_;
  std::vector<Mutation> all_;
};

TEST(Packs, NoRuleOfRetailCanGoOrTurnUnnoticed) {
  auto sources = LoadPackSources(kRetail, ReadFileFromDisk);
  ASSERT_TRUE(sources.ok()) << sources.status();
  const std::vector<Example> examples = ExamplesOf(kRetail);
  const std::vector<Mutation> mutations = Mutations(*std::move(sources)).All();
  EXPECT_GT(mutations.size(), 100u);
  std::vector<std::string> unnoticed;
  for (const Mutation& mutation : mutations) {
    std::vector<PackProblem> problems;
    const std::shared_ptr<const Pack> pack = CompilePack(mutation.sources, problems);
    const bool noticed = pack == nullptr || std::any_of(examples.begin(), examples.end(),
                                                        [&](const Example& example) { return !Unmet(example, pack).empty(); });
    if (!noticed) unnoticed.push_back(mutation.what);
  }
  EXPECT_THAT(unnoticed, testing::IsEmpty());
}

}  // namespace
}  // namespace touchstone::classification
