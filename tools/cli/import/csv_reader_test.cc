#include "tools/cli/import/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"

namespace touchstone::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<CsvRow> Read(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in);
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.Next(row);) rows.push_back(row);
  return rows;
}

TEST(CsvReader, QuotedCellsHoldCommasQuotesAndLineEnds) {
  const std::vector<CsvRow> rows = Read("a,\"b,\"\"c\"\"\nd\",\r\n\r\n\"\",x");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].cells, ElementsAre("a", "b,\"c\"\nd", ""));
  EXPECT_THAT(rows[0].fault, IsEmpty());
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_THAT(rows[1].cells, ElementsAre("", "x"));
  EXPECT_EQ(rows[1].line, 4);
}

TEST(CsvReader, AByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_THAT(Read("\xef\xbb\xbfid,name\n").at(0).cells, ElementsAre("id", "name"));
}

TEST(CsvReader, BadUtf8IsAFaultThatRepeatsNothingOfTheRow) {
  const std::vector<CsvRow> rows = Read("secret,\xff\nfine,1\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].fault, "column 2 is not UTF-8");
  EXPECT_THAT(rows[1].fault, IsEmpty());
}

TEST(CsvReader, FaultsOfQuotesAreSaidAndReadingGoesOn) {
  const std::vector<CsvRow> rows = Read("a\"b,1\n\"c\"d,2\ne,3\n\"never closed\n");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_THAT(rows[0].fault, HasSubstr("quote in its middle"));
  EXPECT_THAT(rows[1].fault, HasSubstr("behind its closing quote"));
  EXPECT_THAT(rows[2].fault, IsEmpty());
  EXPECT_THAT(rows[3].fault, HasSubstr("never closed"));
}

TEST(CsvReader, ARowThatIsTooLongIsLeftAtItsLineEnd) {
  const std::vector<CsvRow> rows =
      Read(absl::StrCat(std::string(kRowBytesMax + 10, 'x'), "\nnext\n", std::string(kRowCellsMax, ','), "\nlast\n"));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_THAT(rows[0].fault, HasSubstr("longer than"));
  EXPECT_THAT(rows[1].cells, ElementsAre("next"));
  EXPECT_THAT(rows[2].fault, HasSubstr("more than 1000 columns"));
  EXPECT_THAT(rows[3].cells, ElementsAre("last"));
}

}  // namespace
}  // namespace touchstone::cli
