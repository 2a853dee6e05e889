// What an author of a pack is told: what is wrong, where, and what to write instead.

#include "services/classification/pack_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace touchstone::classification {
namespace {

using testing::HasSubstr;

constexpr char kPackFile[] = R"(pack: shop
version: 3
strands: [order]
promises:
- what: delivery
  kept_by: touchpoint.type == "order.delivered"
)";
constexpr char kStagesFile[] = R"(stages:
- stage: purchase
  when: touchpoint.type == "order.purchased"
)";
constexpr char kMomentsFile[] = R"(moments:
- id: third.late
  kind: third
  when: has(touchpoint.promise)
  if: {absence: {until: promise}}
  polarity: disappointment
  severity: 70
  strike: {weight: 100, incident: strand}
  says: "{{what}} did not come"
recoveries:
- id: sorry
  when: touchpoint.type == "refund.paid"
  credit: 50
)";

class Files {
 public:
  std::map<std::string, std::string> texts = {
      {"packs/shop/pack.yaml", kPackFile}, {"packs/shop/stages.yaml", kStagesFile}, {"packs/shop/moments.yaml", kMomentsFile}};

  // Replaces the first `from` of a file.
  Files& With(const std::string& file, const std::string& from, const std::string& to) {
    std::string& text = texts["packs/shop/" + file];
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return *this;
  }

  absl::StatusOr<std::shared_ptr<const Pack>> Load() const {
    return LoadPack("packs/shop", [&](const std::string& path) -> absl::StatusOr<std::string> {
      const auto text = texts.find(path);
      if (text == texts.end()) return absl::NotFoundError(absl::StrCat("cannot open '", path, "'"));
      return text->second;
    });
  }

  std::string Error() const {
    const auto pack = Load();
    return pack.ok() ? "no error" : std::string(pack.status().message());
  }
};

TEST(PackLoader, LoadsWhatIsRight) {
  const auto pack = Files().Load();
  ASSERT_TRUE(pack.ok()) << pack.status();
  EXPECT_EQ((*pack)->name(), "shop");
  EXPECT_EQ((*pack)->version(), 3);
  const MomentRule* rule = (*pack)->FindMoment("third.late");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->location, "moments.yaml:2");
  EXPECT_THAT(rule->text, testing::StartsWith("- id: third.late\n  kind: third"));
  EXPECT_THAT(rule->text, testing::EndsWith("did not come\""));
}

TEST(PackLoader, AnUnknownFieldInAConditionIsShownWithACaret) {
  EXPECT_EQ(Files().With("moments.yaml", "has(touchpoint.promise)", R"(touchpoint.chanel == Channel.PHONE)").Error(),
            R"(packs/shop/moments.yaml:4:20: unknown field 'touchpoint.chanel'; did you mean 'channel'?
    when: touchpoint.chanel == Channel.PHONE
                     ^)");
}

TEST(PackLoader, EachSectionOfAPackIsChecked) {
  EXPECT_THAT(Files().With("pack.yaml", "version: 3", "version: 0").Error(),
              HasSubstr("packs/shop/pack.yaml:2:10: version is required"));
  EXPECT_THAT(Files().With("pack.yaml", "strands", "strand").Error(),
              HasSubstr("packs/shop/pack.yaml:3:1: unknown field 'strand'; did you mean 'strands'?"));
  EXPECT_THAT(Files().With("pack.yaml", "order.delivered\"", "order.delivered").Error(), HasSubstr("packs/shop/pack.yaml:6:"));
  EXPECT_THAT(Files().With("stages.yaml", "stage: purchase", "stage: purchases").Error(),
              HasSubstr("packs/shop/stages.yaml:2:10: "));
  EXPECT_THAT(Files().With("stages.yaml", "touchpoint.type ==", "touchpoint.type >").Error(), testing::StrEq("no error"));
  EXPECT_THAT(Files().With("stages.yaml", "touchpoint.type == \"order.purchased\"", "touchpoint.stars").Error(),
              HasSubstr("packs/shop/stages.yaml:3:9: "));
  EXPECT_THAT(Files().With("moments.yaml", "kind: third", "severity: 1").Error(), HasSubstr("packs/shop/moments.yaml"));
  EXPECT_THAT(Files().With("moments.yaml", "until: promise", "until: christmas").Error(),
              HasSubstr("packs/shop/moments.yaml:5:25: moments[0].if.absence.until is not 'promise'"));
  EXPECT_THAT(Files().With("moments.yaml", "until: promise", "by: strand").Error(),
              HasSubstr("moments[0].if.absence needs either 'for: DURATION' or 'until: promise'"));
  EXPECT_THAT(Files().With("moments.yaml", "absence: {until: promise}", "count: {of: 'true', within: 1d, at_least: 0}").Error(),
              HasSubstr("moments[0].if.count.at_least is not from 1 to 16"));
  EXPECT_THAT(Files().With("moments.yaml", "weight: 100", "weight: 1000").Error(),
              HasSubstr("packs/shop/moments.yaml:8:20: moments[0].strike.weight is not from 1 to 300"));
  EXPECT_THAT(Files().With("moments.yaml", "incident: strand", "incident: topics").Error(),
              HasSubstr("moments[0].strike.incident is none of strand, topic, touchpoint; did you mean 'topic'?"));
  EXPECT_THAT(Files().With("moments.yaml", "{{what}}", "{{waht}}").Error(),
              HasSubstr("packs/shop/moments.yaml:9:9: moments[0].says unknown name '{{waht}}'"));
  EXPECT_THAT(Files().With("moments.yaml", "{{what}}", "{{count}}").Error(), HasSubstr("'{{count}}' needs 'if: {count: ...}'"));
  EXPECT_THAT(Files().With("moments.yaml", "polarity: disappointment", "polarity: delight").Error(),
              HasSubstr("moments[0].strike only a DISAPPOINTMENT is a strike"));
  EXPECT_THAT(Files().With("moments.yaml", "id: sorry", "id: third.late").Error(),
              HasSubstr("packs/shop/moments.yaml:11:7: recoveries[0].id 'third.late' is the id of moments[0] too"));
  EXPECT_THAT(Files().With("moments.yaml", "credit: 50", "credit: 0").Error(),
              HasSubstr("packs/shop/moments.yaml:13:11: recoveries[0].credit is not from 1 to 300"));
}

TEST(PackLoader, ARuleThatCanNeverHoldIsAnError) {
  EXPECT_THAT(
      Files().With("moments.yaml", "has(touchpoint.promise)", R"(touchpoint.type == "a.b" && touchpoint.type == "c.d")").Error(),
      HasSubstr("packs/shop/moments.yaml:4:9: moments[0].when can never hold"));
}

TEST(PackLoader, CountsSeeTouchpointsOnly) {
  EXPECT_THAT(Files().With("moments.yaml", "absence: {until: promise}", "first: {of: journey.strikes > 1}").Error(),
              HasSubstr("packs/shop/moments.yaml:5:"));
}

TEST(PackLoader, AllErrorsAreToldAtOnce) {
  const std::string error =
      Files().With("moments.yaml", "severity: 70", "severity: 700").With("pack.yaml", "version: 3", "version: -1").Error();
  EXPECT_THAT(error, HasSubstr("severity is not from 0 to 100"));
  EXPECT_THAT(error, HasSubstr("version is required"));
}

TEST(PackLoader, APackMayExtendAnother) {
  Files files;
  files.texts["packs/big/pack.yaml"] = "pack: big\nversion: 1\nextends: shop\nwithout: [sorry]\n";
  files.texts["packs/big/moments.yaml"] =
      "moments:\n- {id: third.late, kind: third, when: has(touchpoint.promise), polarity: neutral, says: mine}\n";
  const auto read = [&](const std::string& path) -> absl::StatusOr<std::string> {
    const auto text = files.texts.find(path);
    if (text == files.texts.end()) return absl::NotFoundError(path);
    return text->second;
  };
  const auto pack = LoadPack("packs/big", read);
  ASSERT_TRUE(pack.ok()) << pack.status();
  EXPECT_EQ((*pack)->FindMoment("third.late")->pack, "big");
  EXPECT_TRUE((*pack)->recoveries().empty());

  files.texts["packs/big/pack.yaml"] = "pack: big\nversion: 1\nextends: shop\nwithout: [sory]\n";
  EXPECT_THAT(std::string(LoadPack("packs/big", read).status().message()),
              HasSubstr("packs/big/pack.yaml:4:11: without[0] the extended pack has no rule 'sory'; did you mean 'sorry'?"));

  files.texts["packs/big/pack.yaml"] = "pack: big\nversion: 1\nextends: big\n";
  EXPECT_THAT(std::string(LoadPack("packs/big", read).status().message()),
              HasSubstr("packs/big/pack.yaml:3:10: extends itself in a circle"));

  files.texts["packs/big/pack.yaml"] = "pack: big\nversion: 1\nextends: none\n";
  EXPECT_THAT(std::string(LoadPack("packs/big", read).status().message()),
              HasSubstr("packs/big/pack.yaml:3:10: extends what cannot be read: packs/none/pack.yaml"));
  EXPECT_EQ(LoadPack("packs/none", read).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace touchstone::classification
