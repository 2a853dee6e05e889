#include "tools/cli/import/mapped_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/clock/proto_time.h"

namespace touchstone::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kMapping[] = R"(source: shop
zone: America/Sao_Paulo
tables:
- {name: people, file: people.csv, key: id}
- {name: parts, file: parts.csv, key: order}
- name: orders
  file: orders.csv
  joins: [{table: people, by: person}, {table: parts, by: id, optional: true}]
touchpoints:
- from: orders
  type: order.purchased
  id: "{{id}}/purchased"
  names: ["customer:{{people.code}}"]
  channel: web
  occur_time: bought
  promise: {what: delivery, until: due}
  money: {currency: BRL, amount: parts.price}
  stars: stars
  correlations: [{kind: order, id: "{{id}}"}]
- from: orders
  type: order.cancelled
  where: {state: gone}
  id: "{{id}}/cancelled"
  names: ["customer:{{people.code}}"]
  channel: system
  occur_time: due
)";

class MappedFilesTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = ::testing::TempDir() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  absl::StatusOr<std::unique_ptr<MappedFiles>> Open(const std::string& mapping, const std::string& orders) {
    return MappedFiles::Open("m.yaml", mapping,
                             {Write("people.csv", "id,code\np1,ann\n"), Write("parts.csv", "order,price\nA,10.50\nA,0.75\n"),
                              Write("orders.csv", orders)});
  }

  void Visit(const std::string& orders) {
    const auto files = Open(kMapping, orders);
    ASSERT_TRUE(files.ok()) << files.status();
    const absl::Status status = (*files)->Visit(
        {.on_touchpoint =
             [this](events::v1::Touchpoint touchpoint, RowPlace) {
               taken_.push_back(std::move(touchpoint));
               return absl::OkStatus();
             },
         .on_reject = [this](RowPlace place, absl::string_view why) { rejected_.push_back(absl::StrCat(place.line, ": ", why)); },
         .on_progress = [](int64_t) {}});
    EXPECT_TRUE(status.ok()) << status;
  }

  std::vector<events::v1::Touchpoint> taken_;
  std::vector<std::string> rejected_;
};

TEST_F(MappedFilesTest, ARowAndItsPartnersBecomeATouchpoint) {
  Visit("id,person,bought,due,stars,state\nA,p1,2018-01-02 03:04:05,2018-02-01 00:00:00,4,here\n");
  ASSERT_EQ(taken_.size(), 1u);
  const events::v1::Touchpoint& bought = taken_[0];
  EXPECT_EQ(bought.id(), "A/purchased");
  EXPECT_EQ(bought.names(0).value(), "ann");
  EXPECT_EQ(bought.stars(), 4);
  EXPECT_EQ(bought.correlations(0).id(), "A");
  // Both parts together.
  EXPECT_EQ(bought.money().units(), 11);
  EXPECT_EQ(bought.money().nanos(), 250'000'000);
  // Two hours behind UTC: summer there.
  EXPECT_EQ(absl::FormatTime(clock::TimeFrom(bought.occur_time()), absl::UTCTimeZone()), "2018-01-02T05:04:05+00:00");
  EXPECT_EQ(bought.promise().what(), "delivery");
  EXPECT_THAT(rejected_, IsEmpty());
}

TEST_F(MappedFilesTest, AMidnightThatTheChangeOfClocksSkippedIsTheChange) {
  Visit("id,person,bought,due,stars,state\nB,p1,2017-10-15 00:00:00,,,\n");
  ASSERT_EQ(taken_.size(), 1u);
  EXPECT_EQ(absl::FormatTime(clock::TimeFrom(taken_[0].occur_time()), absl::UTCTimeZone()), "2017-10-15T03:00:00+00:00");
  EXPECT_FALSE(taken_[0].has_promise());
  EXPECT_FALSE(taken_[0].has_money());
}

TEST_F(MappedFilesTest, WhereAndEmptyTimesDecideWhatARowGives) {
  Visit("id,person,bought,due,stars,state\nC,p1,,2018-02-01,,gone\n");
  ASSERT_EQ(taken_.size(), 1u);
  EXPECT_EQ(taken_[0].type(), "order.cancelled");
}

TEST_F(MappedFilesTest, WhatCannotBeTakenIsRejectedByLineWithoutItsContent) {
  Visit("id,person,bought,due,stars,state\nD,stranger,2018-01-02,,,\nE,p1,yesterday,,,\nF,p1,2018-01-02,,many,\nG,p1\n");
  EXPECT_THAT(taken_, IsEmpty());
  EXPECT_THAT(rejected_,
              ElementsAre("2: no row of people.csv has the id that column person holds", HasSubstr("3: column bought is no time"),
                          "4: column stars is no whole number", "5: has 2 columns where the first row names 6"));
}

TEST_F(MappedFilesTest, AMappingIsCheckedAgainstTheFilesAndErrorsPointAtIt) {
  std::string mapping = kMapping;
  mapping.replace(mapping.find("occur_time: bought"), 18, "occur_time: bougth");
  const absl::Status status = Open(mapping, "id,person,bought,due,stars,state\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("m.yaml:15:15: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("has no column 'bougth'; did you mean 'bought'?"));
}

TEST_F(MappedFilesTest, AnErrorNamesTheFieldAsItsAuthorKnowsIt) {
  const struct {
    std::string is;
    std::string instead;
    std::string says;
  } cases[] = {
      {"source: shop\n", "", "m.yaml:1:1: source: is required"},
      {"  type: order.purchased\n", "", "m.yaml:10:3: type: is required"},
      {"what: delivery, ", "", "m.yaml:16:12: what: is required"},
      {"currency: BRL", "currency: reais", "m.yaml:17:21: currency: is not three capital letters, as in EUR"},
      {"currency: BRL", "currency: brl", "m.yaml:17:21: currency: is not three capital letters, as in EUR"},
      {"type: order.purchased", "type: Order purchased",
       "m.yaml:11:9: type: is not dotted words of a-z 0-9 _ -, as in order.delivered"},
      {"type: order.purchased", "type: purchased", "m.yaml:11:9: type: is not at least two dotted words, as in order.delivered"},
      {"source: shop\n", "source: \"shop\\t\"\n", "m.yaml:1:9: source: holds a control character"},
      {"{{id}}/purchased", "purchased", "m.yaml:12:7: id: must hold a column: it is one id for all rows"},
      {"\"customer:{{people.code}}\"", "\"customer:{{people.code}}\", \"customer:{{people.code}}\"",
       "m.yaml:13:39: names[1]: is stated twice"},
      {"customer:{{people.code}}", "ann", "m.yaml:13:11: 'ann' is no name: write kind:value, as in customer:42"},
      {"what: delivery", "what: \"" + std::string(65, 'x') + "\"", "m.yaml:16:19: what: has 65 bytes; at most 64 are taken"},
      {"{kind: order, id: \"{{id}}\"}", "{kind: order, id: a}, {kind: order, id: b}", "m.yaml:19:47: kind: is stated twice"},
      {"  stars: stars\n", "  stars: stars\n  language: Portuguese (Brazil)\n",
       "m.yaml:19:13: language: is no BCP 47 tag, as in pt-BR"},
      {"  stars: stars\n", "  stars: stars\n  topic: \"{{state}}" + std::string(128, 'x') + "\"\n",
       "m.yaml:19:10: topic: has 129 bytes; at most 128 are taken"},
      {"  stars: stars\n", "  stars: stars\n  attributes: {Price: {column: state}}\n",
       "m.yaml:19:15: attributes: has a name that is not 1 to 64 of a-z 0-9 _ . -"},
      {"zone: America/Sao_Paulo", "zone: Sao Paulo", "m.yaml:2:7: zone: is no time zone known here"},
      {"table: people", "table: peple", "m.yaml:8:19: 'peple' is no table; did you mean 'people'?"},
      {"customer:{{people.code}}", "custmer:{{people.code}}",
       "m.yaml:13:11: 'custmer:{{people.code}}' has no kind of name before its colon; did you mean 'customer'?"},
      {"file: orders.csv", "file: orders.csv\n  key: id", "m.yaml:8:8: key: is of no use: no table joins 'orders'"},
      {"zone: America/Sao_Paulo", "time_formats: ['%Y', '%d.%m.%Q']",
       "m.yaml:2:22: time_formats[1]: holds '%Q', which is no part of a time: write %Y-%m-%d %H:%M:%S"},
      {"zone: America/Sao_Paulo", "time_formats: ['%d.%m.%']", "time_formats[0]: holds '%', which is no part of a time"},
      {"channel: web", "chanel: web", "m.yaml:14:3: unknown field 'chanel'; did you mean 'channel'?"},
      {"channel: web", "channel: wep", "m.yaml:14:12: 'wep' is no value of 'channel'; did you mean 'web'?"},
  };
  for (const auto& one : cases) {
    std::string mapping = kMapping;
    mapping.replace(mapping.find(one.is), one.is.size(), one.instead);
    const absl::Status status = Open(mapping, "id,person,bought,due,stars,state\n").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << one.says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(one.says));
  }
}

TEST_F(MappedFilesTest, EachPartOfATimeFormatThatCanBeReadIsOne) {
  std::string mapping = kMapping;
  const std::string zone = "zone: America/Sao_Paulo";
  mapping.replace(mapping.find(zone), zone.size(),
                  "time_formats: ['%d/%b/%y %I:%M %p %%', '%Y-%m-%d%ET%H:%M:%E*S%Ez', '%E4Y%OH', '%s']");
  EXPECT_TRUE(Open(mapping, "id,person,bought,due,stars,state\n").ok());
}

TEST_F(MappedFilesTest, TheFingerprintIsOfContentsAlone) {
  const std::string header = "id,person,bought,due,stars,state\n";
  const std::string first = *(*Open(kMapping, header))->Fingerprint();
  EXPECT_EQ(*(*Open(kMapping, header))->Fingerprint(), first);
  EXPECT_NE(*(*Open(kMapping, header + "A,p1,,,,\n"))->Fingerprint(), first);
}

TEST_F(MappedFilesTest, TheMappingOfOrdersFitsTheColumnsItIsWrittenFor) {
  std::ifstream in("deploy/mappings/orders.yaml");
  const std::string mapping((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto files = MappedFiles::Open(
      "orders.yaml", mapping,
      {Write("orders.csv",
             "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
             "order_delivered_customer_date,order_estimated_delivery_date\n"),
       Write("customers.csv", "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"),
       Write("payments.csv", "order_id,payment_sequential,payment_type,payment_installments,payment_value\n"),
       Write("reviews.csv",
             "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,"
             "review_answer_timestamp\n")});
  EXPECT_TRUE(files.ok()) << files.status();
}

}  // namespace
}  // namespace touchstone::cli
