#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/wrappers.pb.h>

#include "common/cel/semantics_table.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;

template <typename Message>
Message Parsed(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(FieldSemantics, ATouchpoint) {
  const auto touchpoint = Parsed<events::Touchpoint>(R"pb(
    id: "t1"
    type: "order.delivered"
    channel: CHANNEL_PHONE
    text: "late"
    stars: 0
    names { kind: NAME_KIND_CUSTOMER value: "42" }
    names { kind: NAME_KIND_EMAIL value: "a@b.c" }
    occur_time { seconds: 1234567890 nanos: 500000000 }
    survey { score: 3 }
    correlations { kind: CORRELATION_KIND_ORDER id: "A" }
    attributes {
      key: "tier"
      value { text: "gold" }
    }
    attributes {
      key: "late_by"
      value { duration { seconds: 7200 } }
    }
    attributes {
      key: "empty"
      value {}
    }
  )pb");
  const Environment environment = Environment::Builder()
                                      .Container("touchstone.events.v1")
                                      .Variable("touchpoint", Type::Message(events::Touchpoint::descriptor()))
                                      .Variable("journey.stage", Type::String())
                                      .Variable("unset", Type::Int())
                                      .EnumsOf(events::Touchpoint::descriptor()->file())
                                      .Build()
                                      .value();
  Activation activation(environment);
  activation.Bind(0, touchpoint);
  activation.Bind(1, Value::String("second"));
  ExpectRows(environment, activation,
             {
                 {"touchpoint.type", "\"order.delivered\""},
                 {"touchpoint.language", "\"\""},
                 {"touchpoint.channel", "4"},
                 {"touchpoint.channel == Channel.PHONE", "true"},
                 {"touchpoint.channel == Channel.CHANNEL_PHONE", "true"},
                 {"touchpoint.channel == CHANNEL_PHONE", "true"},
                 {"touchpoint.channel == touchstone.events.v1.Channel.CHANNEL_PHONE", "true"},
                 {"touchpoint.channel == .touchstone.events.v1.Channel.PHONE", "true"},
                 {"touchpoint.channel == events.v1.Channel.CHANNEL_PHONE", "true"},
                 {"touchpoint.channel in [Channel.WEB, Channel.PHONE]", "true"},
                 {"touchpoint.channel == 'PHONE'", "refused: and not int with string"},
                 {"SurveyKind.NPS", "1"},
                 {"google.protobuf.NullValue.NULL_VALUE", "0"},
                 {"Channel", "refused: unknown name 'Channel'"},
                 {"touchpoint.sentiment", "0.0"},
                 {"has(touchpoint.sentiment)", "false"},
                 {"touchpoint.stars", "0"},
                 {"has(touchpoint.stars)", "true"},
                 {"has(touchpoint.id)", "true"},
                 {"has(touchpoint.language)", "false"},
                 {"has(touchpoint.outcome)", "false"},
                 {"has(touchpoint.survey)", "true"},
                 {"has(touchpoint.survey.kind)", "false"},
                 {"has(touchpoint.promise)", "false"},
                 {"has(touchpoint.promise.until_time)", "false"},
                 {"touchpoint.promise.what", "\"\""},
                 {"touchpoint.promise.until_time", "timestamp(\"1970-01-01T00:00:00Z\")"},
                 {"touchpoint.survey.score > 2", "true"},
                 {"has(touchpoint.names)", "true"},
                 {"has(touchpoint.attributes)", "true"},
                 {"has(touchpoint.nosuch)", "refused: unknown field 'touchpoint.nosuch'"},
                 {"touchpoint.occur_time.getSeconds()", "30"},
                 {"touchpoint.occur_time + duration('1s') > timestamp('2009-02-13T23:31:31Z')", "true"},
                 {"touchpoint.occur_time.seconds", "refused: has no fields; its parts are functions"},
                 {"touchpoint.names.size()", "2"},
                 {"touchpoint.names[1].value", "\"a@b.c\""},
                 {"touchpoint.names[2].value", "error: index out of range"},
                 {"touchpoint.names.exists(n, n.kind == NameKind.EMAIL)", "true"},
                 {"touchpoint.names.map(n, n.value)", "[\"42\", \"a@b.c\"]"},
                 {"touchpoint.names.filter(n, n.kind == NAME_KIND_PHONE)", "[]"},
                 {"touchpoint.names[0] == touchpoint.names[0]", "true"},
                 {"touchpoint.names[0] == touchpoint.names[1]", "false"},
                 {"touchpoint.names[0] in touchpoint.names", "true"},
                 {"touchpoint.names == touchpoint.names", "true"},
                 {"touchpoint.names.value", "refused: try .exists(x, x.value ...)"},
                 {"touchpoint.names[0].valeu", "refused: unknown field 'touchpoint.names[0].valeu'; did you mean 'value'?"},
                 {"touchpoint == touchpoint", "true"},
                 {"touchpoint.survey == null", "refused: is never null; to ask whether a field is set, use has()"},
                 {"touchpoint < touchpoint", "refused: have no order"},
                 {"touchpoint.names[0] == touchpoint.survey", "refused: '==' compares values of one type"},
                 {"dyn(touchpoint.names[0]) == touchpoint.survey", "false"},
                 {"'tier' in touchpoint.attributes", "true"},
                 {"'nosuch' in touchpoint.attributes", "false"},
                 {"touchpoint.attributes.size()", "3"},
                 {"touchpoint.attributes['tier'].text", "\"gold\""},
                 {"touchpoint.attributes.tier.text == 'gold'", "true"},
                 {"has(touchpoint.attributes.tier)", "true"},
                 {"has(touchpoint.attributes.nosuch)", "false"},
                 {"has(touchpoint.attributes.tier.text)", "true"},
                 {"has(touchpoint.attributes.tier.integer)", "false"},
                 {"has(touchpoint.attributes.empty.text)", "false"},
                 {"touchpoint.attributes.tier.integer", "0"},
                 {"touchpoint.attributes.nosuch.text", "error: 'touchpoint.attributes.nosuch': no such key"},
                 {"has(touchpoint.attributes.nosuch.text)", "error: no such key"},
                 {"touchpoint.attributes.late_by.duration > duration('1h')", "true"},
                 {"touchpoint.attributes.map(k, k)", "[\"empty\", \"late_by\", \"tier\"]"},
                 {"touchpoint.attributes.all(k, touchpoint.attributes[k].flag == false)", "true"},
                 {"touchpoint.attributes[1]", "refused: this is a int where a string is needed"},
                 {"touchpoint.type.nosuch", "refused: a value of type string has no fields"},
                 {"dyn(touchpoint).type", "\"order.delivered\""},
                 {"dyn(touchpoint).nosuch", "error: no such field"},
                 {"has(dyn(touchpoint).survey)", "true"},
                 {"has(dyn(touchpoint).nosuch)", "error: no such field"},
                 {"journey.stage", "\"second\""},
                 {"journey.stage + '!'", "\"second!\""},
                 {"journey.stag", "refused: unknown name 'journey.stag'; did you mean 'journey.stage'?"},
                 {"unset", "error: no value was given"},
                 {"unset == 1 || true", "true"},
                 {"[1].exists(touchpoint, touchpoint == 1)", "true"},
                 {"[1].exists(touchpoint, .touchpoint.id == 't1' && touchpoint == 1)", "true"},
                 {"touchpoint.money.units / touchpoint.money.nanos", "error: division by zero"},
             });
}

// A message that the product has no need of: every kind of field.
class AllFields : public ::testing::Test {
 protected:
  AllFields() : pool_(google::protobuf::DescriptorPool::generated_pool()), factory_(&pool_) {
    // Linked in, so that the pool knows them.
    google::protobuf::Struct::default_instance();
    google::protobuf::Int64Value::default_instance();
    const auto file = Parsed<google::protobuf::FileDescriptorProto>(R"pb(
      name: "all.proto"
      package: "all"
      syntax: "proto3"
      dependency: "google/protobuf/struct.proto"
      dependency: "google/protobuf/wrappers.proto"
      dependency: "google/protobuf/timestamp.proto"
      dependency: "google/protobuf/duration.proto"
      message_type {
        name: "All"
        field { name: "i32" number: 1 type: TYPE_SINT32 label: LABEL_OPTIONAL }
        field { name: "u32" number: 2 type: TYPE_FIXED32 label: LABEL_OPTIONAL }
        field { name: "u64" number: 3 type: TYPE_UINT64 label: LABEL_OPTIONAL }
        field { name: "f" number: 4 type: TYPE_FLOAT label: LABEL_OPTIONAL }
        field { name: "b" number: 5 type: TYPE_BYTES label: LABEL_OPTIONAL }
        field { name: "flag" number: 6 type: TYPE_BOOL label: LABEL_OPTIONAL }
        field { name: "wi" number: 7 type: TYPE_MESSAGE type_name: ".google.protobuf.Int64Value" label: LABEL_OPTIONAL }
        field { name: "ws" number: 8 type: TYPE_MESSAGE type_name: ".google.protobuf.StringValue" label: LABEL_OPTIONAL }
        field { name: "any" number: 9 type: TYPE_MESSAGE type_name: ".google.protobuf.Struct" label: LABEL_OPTIONAL }
        field { name: "times" number: 10 type: TYPE_MESSAGE type_name: ".google.protobuf.Timestamp" label: LABEL_REPEATED }
        field { name: "span" number: 11 type: TYPE_MESSAGE type_name: ".google.protobuf.Duration" label: LABEL_OPTIONAL }
        field { name: "numbers" number: 12 type: TYPE_INT64 label: LABEL_REPEATED }
        field { name: "by_id" number: 13 type: TYPE_MESSAGE type_name: ".all.All.ByIdEntry" label: LABEL_REPEATED }
        field { name: "mood" number: 14 type: TYPE_ENUM type_name: ".all.All.Mood" label: LABEL_OPTIONAL }
        field { name: "one" number: 15 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
        field { name: "other" number: 16 type: TYPE_INT64 label: LABEL_OPTIONAL oneof_index: 0 }
        oneof_decl { name: "choice" }
        nested_type {
          name: "ByIdEntry"
          field { name: "key" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL }
          field { name: "value" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
          options { map_entry: true }
        }
        enum_type {
          name: "Mood"
          value { name: "CALM" number: 0 }
          value { name: "CROSS" number: 7 }
        }
      }
    )pb");
    descriptor_ = pool_.BuildFile(file)->FindMessageTypeByName("All");
    message_.reset(factory_.GetPrototype(descriptor_)->New());
    environment_ = Environment::Builder()
                       .Container("all")
                       .Variable("all", Type::Message(descriptor_))
                       .Variable("wrapped", Type::Message(google::protobuf::Int64Value::descriptor()))
                       .EnumsOf(descriptor_->file())
                       .Build()
                       .value();
  }

  void Expect(const std::string& fields, const std::vector<Row>& rows) {
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(fields, message_.get()));
    Activation activation(*environment_);
    activation.Bind(0, *message_);
    ExpectRows(*environment_, activation, rows);
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::Descriptor* descriptor_ = nullptr;
  std::unique_ptr<google::protobuf::Message> message_;
  absl::optional<Environment> environment_;
};

TEST_F(AllFields, AreConvertedAsCelSays) {
  Expect(R"pb(i32: -5
              u32: 7
              u64: 18446744073709551615
              f: 0.5
              b: "\xff"
              flag: true
              mood: CROSS
              span { seconds: 1 nanos: 5 }
              times { seconds: 1 }
              times { seconds: 2 }
              numbers: [ 3, 1 ]
              by_id { key: 9 value: "nine" }
              other: 0)pb",
         {
             {"all.i32", "-5"},
             {"all.u32", "7u"},
             {"all.u64", "18446744073709551615u"},
             {"all.f", "0.5"},
             {"all.b", "b\"\\xff\""},
             {"all.flag", "true"},
             {"all.mood == All.Mood.CROSS", "true"},
             {"all.mood == All.CROSS", "true"},
             {"all.span", "duration(\"1.000000005s\")"},
             {"all.times[1]", "timestamp(\"1970-01-01T00:00:02Z\")"},
             {"all.times == [timestamp('1970-01-01T00:00:01Z'), timestamp('1970-01-01T00:00:02Z')]", "true"},
             {"all.numbers + [5]", "[3, 1, 5]"},
             {"all.numbers == [3, 1]", "true"},
             {"1 in all.numbers", "true"},
             {"all.by_id[9]", "\"nine\""},
             {"all.by_id == {9: 'nine'}", "true"},
             {"{9: 'nine'} == all.by_id", "true"},
             {"all.by_id.nine", "refused: the keys of this map are int"},
             {"has(all.other)", "true"},
             {"has(all.one)", "false"},
             {"all.one", "\"\""},
             {"all.u32 + 1", "refused: '+' is not defined for uint, int"},
         });
}

TEST_F(AllFields, AWrapperIsItsValueOrNull) {
  Expect("wi { value: 0 }", {
                                {"all.wi", "0"},
                                {"all.wi == 0", "true"},
                                {"all.wi == null", "false"},
                                {"all.wi + 1", "1"},
                                {"has(all.wi)", "true"},
                                {"all.ws", "null"},
                                {"all.ws == null", "true"},
                                {"all.ws == 'a'", "false"},
                                {"all.ws + 'a'", "error: not defined for values of these types"},
                                {"all.ws.size()", "error: not defined for values of these types"},
                                {"has(all.ws)", "false"},
                                {"all.wi == 'a'", "refused: '==' compares values of one type"},
                                {"true ? all.wi : null", "0"},
                                {"all.wi < 1", "true"},
                                {"dyn(all.ws) == null", "true"},
                                {"wrapped == null", "error: no value was given"},
                            });
}

TEST_F(AllFields, WhatIsOutOfRangeOrLeftOutIsAnError) {
  Expect("times { seconds: 999999999999 } times { nanos: -1 } span { seconds: 9999999999 } any {}",
         {
             {"all.times[0]", "error: timestamp out of range"},
             {"all.times[1].getSeconds()", "error: timestamp out of range"},
             {"all.times.map(t, t)", "error: timestamp out of range"},
             {"all.times.exists(t, t > timestamp('1970-01-01T00:00:00Z'))", "error: timestamp out of range"},
             {"all.times.size()", "2"},
             {"all.span", "error: duration out of range"},
             {"all.any", "refused: field 'any' is a google.protobuf.Struct, which is left out of this CEL"},
             {"has(all.any)", "true"},
             {"dyn(all).any", "error: left out of this CEL"},
         });
}

TEST(FieldSemantics, AnEnvironmentRefusesWhatItCannotRead) {
  const auto refused = [](const Environment::Builder& builder) { return std::string(builder.Build().status().message()); };
  EXPECT_EQ(refused(Environment::Builder().Variable("x", Type::Message(google::protobuf::Struct::descriptor()))),
            "CEL environment: variable 'x': google.protobuf.Struct is left out of this CEL");
  EXPECT_EQ(refused(Environment::Builder().Variable("x", Type::Int()).Variable("x", Type::Int())),
            "CEL environment: variable 'x' is declared twice");
  EXPECT_EQ(refused(Environment::Builder().Variable("2x", Type::Int())), "CEL environment: variable '2x' is no name");
  EXPECT_EQ(refused(Environment::Builder().Container("a..b")), "CEL environment: container 'a..b' is no package name");
}

}  // namespace
}  // namespace touchstone::cel
