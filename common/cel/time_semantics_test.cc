#include "common/cel/semantics_table.h"

namespace touchstone::cel {
namespace {

TEST(TimeSemantics, TimestampsAreRfc3339) {
  ExpectRows({
      {"timestamp('2026-11-22T10:00:00Z')", "timestamp(\"2026-11-22T10:00:00Z\")"},
      {"timestamp('2023-08-26T12:39:00-07:00')", "timestamp(\"2023-08-26T19:39:00Z\")"},
      {"timestamp('1972-01-01T10:00:20.021-05:00')", "timestamp(\"1972-01-01T15:00:20.021Z\")"},
      {"timestamp('2024-02-29T00:00:00Z')", "timestamp(\"2024-02-29T00:00:00Z\")"},
      {"timestamp(timestamp('2026-11-22T10:00:00Z')) == timestamp('2026-11-22T10:00:00Z')", "true"},
      {"timestamp('2023-02-29T00:00:00Z')", "refused: does not read as a value of this type"},
      {"timestamp('2026-13-01T00:00:00Z')", "refused: does not read"},
      {"timestamp('2026-11-22T24:00:00Z')", "refused: does not read"},
      {"timestamp('2026-11-22T10:00:60Z')", "refused: does not read"},
      {"timestamp('2026-11-22')", "refused: does not read"},
      {"timestamp('2026-11-22 10:00:00Z')", "refused: does not read"},
      {"timestamp('2026-11-22T10:00:00')", "refused: does not read"},
      {"timestamp('2026-11-22T10:00:00+1:00')", "refused: does not read"},
      {"timestamp('2026-11-22T10:00:00.Z')", "refused: does not read"},
      {"timestamp('2026-11-22T10:00:00Zx')", "refused: does not read"},
      {"timestamp('10000-01-01T00:00:00Z')", "refused: does not read"},
      {"timestamp('0000-01-01T00:00:00Z')", "refused: timestamp out of range"},
      {"timestamp('9999-12-31T23:59:59-01:00')", "refused: timestamp out of range"},
      {"timestamp('' + 'x')", "error: does not read"},
      {"timestamp(1)", "refused: timestamp(int) is not defined"},
  });
}

TEST(TimeSemantics, Durations) {
  ExpectRows({
      {"duration('1h30m')", "duration(\"5400s\")"},
      {"duration('0')", "duration(\"0s\")"},
      {"duration('-1.5h')", "duration(\"-5400s\")"},
      {"duration('1h34us')", "duration(\"3600.000034s\")"},
      {"duration('-23.4s')", "duration(\"-23.4s\")"},
      {"duration('250ms') == duration('0.25s')", "true"},
      {"duration('1ns')", "duration(\"0.000000001s\")"},
      {"duration(duration('1s'))", "duration(\"1s\")"},
      {"duration('7d')", "refused: '7d'): the text does not read"},
      {"duration('')", "refused: does not read"},
      {"duration('1')", "refused: does not read"},
      {"duration('inf')", "refused: does not read"},
      {"duration('320000000000s')", "refused: duration out of range"},
      {"duration('-320000000000s')", "refused: duration out of range"},
      {"duration(1)", "refused: duration(int) is not defined"},
      {"duration('10000s').getHours()", "2"},
      {"duration('3730s').getMinutes()", "62"},
      {"duration('3730.9s').getSeconds()", "3730"},
      {"duration('123.321456789s').getMilliseconds()", "321"},
      {"duration('-90m').getHours()", "-1"},
      {"duration('1h').getDate()", "refused: getDate() of a google.protobuf.Duration is not defined"},
  });
}

TEST(TimeSemantics, ArithmeticAndOrder) {
  ExpectRows({
      {"timestamp('2009-02-13T23:00:00Z') + duration('240s') == timestamp('2009-02-13T23:04:00Z')", "true"},
      {"duration('120s') + timestamp('2009-02-13T23:01:00Z') == timestamp('2009-02-13T23:03:00Z')", "true"},
      {"duration('600s') + duration('50s') == duration('650s')", "true"},
      {"timestamp('0001-01-01T00:00:01.000000001Z') + duration('-999999999ns')", "timestamp(\"0001-01-01T00:00:00.000000002Z\")"},
      {"timestamp('0001-01-01T00:00:01.999999999Z') + duration('999999999ns')", "timestamp(\"0001-01-01T00:00:02.999999998Z\")"},
      {"timestamp('2009-02-13T23:10:00Z') - duration('600s')", "timestamp(\"2009-02-13T23:00:00Z\")"},
      {"timestamp('2009-02-13T23:31:00Z') - timestamp('2009-02-13T23:29:00Z')", "duration(\"120s\")"},
      {"timestamp('2009-02-13T23:29:00Z') - timestamp('2009-02-13T23:31:00.5Z')", "duration(\"-120.5s\")"},
      {"duration('900s') - duration('42s')", "duration(\"858s\")"},
      {"timestamp('0001-01-01T00:00:00Z') + duration('-1s')", "error: timestamp out of range"},
      {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: timestamp out of range"},
      {"timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')", "error: timestamp out of range"},
      {"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "error: timestamp out of range"},
      {"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "error: duration out of range"},
      {"duration('9000000000s') + duration('9000000000s')", "error: duration out of range"},
      {"duration('-9000000000s') - duration('9000000000s')", "error: duration out of range"},
      {"duration('1s') * 2", "refused: '*' is not defined"},
      {"-duration('1s')", "refused: '-' is not defined for google.protobuf.Duration"},
      {"duration('1s') - timestamp('2009-02-13T23:00:00Z')", "refused: '-' is not defined"},
      {"timestamp('2009-02-13T23:00:00Z') < timestamp('2009-03-13T23:00:00Z')", "true"},
      {"timestamp('2009-02-13T23:00:00.1Z') > timestamp('2009-02-13T23:00:00Z')", "true"},
      {"timestamp('2009-02-13T23:00:00Z') <= timestamp('2009-02-13T22:59:59Z')", "false"},
      {"timestamp('2009-02-13T23:00:00Z') >= timestamp('2009-02-13T23:00:00Z')", "true"},
      {"timestamp('2009-02-13T23:00:00Z') == timestamp('2009-02-14T00:00:00+01:00')", "true"},
      {"timestamp('1945-05-07T02:41:00Z') != timestamp('1945-05-07T02:41:00Z')", "false"},
      {"duration('200s') < duration('300s')", "true"},
      {"duration('120s') >= duration('200s')", "false"},
      {"duration('1h') == duration('60m')", "true"},
      {"duration('1h') < timestamp('2009-02-13T23:00:00Z')", "refused: '<' compares values of one type"},
      {"dyn(duration('1h')) == timestamp('2009-02-13T23:00:00Z')", "false"},
      {"duration('1h') == null", "refused: is never null; to ask whether a field is set, use has()"},
      {"duration('1h') in [duration('60m')]", "true"},
  });
}

TEST(TimeSemantics, PartsInUtc) {
  ExpectRows({
      {"timestamp('2009-02-13T23:31:30Z').getFullYear()", "2009"},
      {"timestamp('2009-02-13T23:31:30Z').getMonth()", "1"},
      {"timestamp('2009-02-13T23:31:30Z').getDate()", "13"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfMonth()", "12"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfWeek()", "5"},
      {"timestamp('2009-02-15T00:00:00Z').getDayOfWeek()", "0"},
      {"timestamp('2009-02-14T00:00:00Z').getDayOfWeek()", "6"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfYear()", "43"},
      {"timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"},
      {"timestamp('2009-02-13T23:31:30Z').getHours()", "23"},
      {"timestamp('2009-02-13T23:31:30Z').getMinutes()", "31"},
      {"timestamp('2009-02-13T23:31:30Z').getSeconds()", "30"},
      {"timestamp('2009-02-13T23:31:20.123456789Z').getMilliseconds()", "123"},
      {"timestamp('1969-12-31T23:59:59.25Z').getMilliseconds()", "250"},
      {"timestamp('1969-12-31T23:59:59.25Z').getSeconds()", "59"},
      {"'a'.getDate()", "refused: getDate() of a string is not defined"},
      {"getDate(timestamp('2009-02-13T23:31:30Z'))", "refused: write it as value.getDate()"},
  });
}

TEST(TimeSemantics, PartsInAZone) {
  ExpectRows({
      {"timestamp('2009-02-13T23:31:30Z').getDate('Australia/Sydney')", "14"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfMonth('US/Central')", "12"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfMonth('+11:00')", "13"},
      {"timestamp('2009-02-13T02:00:00Z').getDayOfMonth('-02:30')", "11"},
      {"timestamp('2009-02-13T02:00:00Z').getDayOfMonth('America/St_Johns')", "11"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfWeek('UTC')", "5"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfWeek('Asia/Tokyo')", "6"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfYear('US/Central')", "43"},
      {"timestamp('2009-01-01T02:00:00Z').getFullYear('-09:30')", "2008"},
      {"timestamp('2009-02-13T23:31:30Z').getHours('02:00')", "1"},
      {"timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kathmandu')", "16"},
      {"timestamp('2009-02-28T23:31:30Z').getMonth('Europe/Paris')", "2"},
      {"timestamp('2009-02-13T23:31:30Z').getSeconds('-00:00')", "30"},
      {"timestamp('2026-03-29T01:00:00Z').getHours('Europe/Berlin')", "3"},
      {"timestamp('2026-03-29T00:59:59Z').getHours('Europe/Berlin')", "1"},
      {"timestamp('2009-02-13T23:31:30.5Z').getMilliseconds('Asia/Tokyo')", "500"},
      {"timestamp('2009-02-13T23:31:30Z').getHours('Europe/Pariss')", "refused: unknown time zone 'Europe/Pariss'"},
      {"timestamp('2009-02-13T23:31:30Z').getHours('../../etc/passwd')", "refused: unknown time zone"},
      {"timestamp('2009-02-13T23:31:30Z').getHours('localtime')", "refused: unknown time zone"},
      {"timestamp('2009-02-13T23:31:30Z').getHours('+25:00')", "refused: unknown time zone"},
      {"timestamp('2009-02-13T23:31:30Z').getHours('U' + 'TC')", "refused: the time zone is a literal string"},
      {"duration('1h').getHours('UTC')", "refused: getHours(string) of a google.protobuf.Duration is not defined"},
  });
}

}  // namespace
}  // namespace touchstone::cel
