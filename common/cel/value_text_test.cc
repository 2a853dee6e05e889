#include "common/cel/value_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;

events::Money FiveEuros() {
  events::Money money;
  money.set_currency_code("EUR");
  money.set_units(5);
  return money;
}

TEST(ValueText, IsWrittenAsCel) {
  EXPECT_EQ(ToString(Value::Null()), "null");
  EXPECT_EQ(ToString(Value::Uint(2)), "2u");
  EXPECT_EQ(ToString(Value::Double(2)), "2.0");
  EXPECT_EQ(ToString(Value::Double(1e21)), "1e+21");
  EXPECT_EQ(ToString(Value::Double(0.1)), "0.1");
  EXPECT_EQ(ToString(Value::String("a\"b\n\xC3\xA9")), "\"a\\\"b\\n\xC3\xA9\"");
  EXPECT_EQ(ToString(Value::Bytes("\xff")), "b\"\\xff\"");
  EXPECT_EQ(ToString(Value::Duration(absl::Milliseconds(1500))), "duration(\"1.5s\")");
  EXPECT_EQ(ToString(Value::Timestamp(absl::FromUnixSeconds(-1))), "timestamp(\"1969-12-31T23:59:59Z\")");
  const events::Money money = FiveEuros();
  EXPECT_EQ(ToString(Value::Message(&money)), "touchstone.events.v1.Money{currency_code: \"EUR\" units: 5}");
}

TEST(ValueText, IsWrittenAsJson) {
  EXPECT_EQ(ToJson(Value::Null()), "null");
  EXPECT_EQ(ToJson(Value::Int((int64_t{1} << 53) - 1)), "9007199254740991");
  EXPECT_EQ(ToJson(Value::Int(int64_t{1} << 53)), "\"9007199254740992\"");
  EXPECT_EQ(ToJson(Value::Uint(std::numeric_limits<uint64_t>::max())), "\"18446744073709551615\"");
  EXPECT_EQ(ToJson(Value::Double(1.5)), "1.5");
  EXPECT_EQ(ToJson(Value::Double(std::nan(""))), "\"NaN\"");
  EXPECT_EQ(ToJson(Value::Double(-INFINITY)), "\"-Infinity\"");
  EXPECT_EQ(ToJson(Value::String("a\"\\\n\x01\xC3\xA9\xff")), "\"a\\\"\\\\\\u000a\\u0001\xC3\xA9\xEF\xBF\xBD\"");
  EXPECT_EQ(ToJson(Value::Bytes("\xff\x01")), "\"/wE=\"");
  EXPECT_EQ(ToJson(Value::Timestamp(absl::UnixEpoch())), "\"1970-01-01T00:00:00Z\"");
  EXPECT_EQ(ToJson(Value::Duration(absl::Seconds(-3))), "\"-3s\"");
  const Value elements[] = {Value::Int(1), Value::Bool(true)};
  EXPECT_EQ(ToJson(Value::List(elements)), "[1,true]");
  const MapEntry entries[] = {{Value::String("a"), Value::Int(1)}, {Value::Int(7), Value::Null()}};
  EXPECT_EQ(ToJson(Value::Map(entries)), "{\"a\":1,\"7\":null}");
  const events::Money money = FiveEuros();
  EXPECT_EQ(ToJson(Value::Message(&money)), "{\"currencyCode\":\"EUR\",\"units\":\"5\"}");
}

TEST(ValueText, IsCutBetweenCodePoints) {
  EXPECT_EQ(ToBriefString(Value::String("short"), 20), "\"short\"");
  EXPECT_EQ(ToBriefString(Value::String("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"), 4), "\"\xC3\xA9...");
  const events::Money money = FiveEuros();
  EXPECT_EQ(ToBriefString(Value::Message(&money), 20), "Money{...}");
}

}  // namespace
}  // namespace touchstone::cel
