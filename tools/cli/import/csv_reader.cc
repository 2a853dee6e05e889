#include "tools/cli/import/csv_reader.h"

#include <istream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace touchstone::cli {
namespace {

constexpr int kEnd = std::istream::traits_type::eof();
constexpr char kByteOrderMark[] = "\xef\xbb\xbf";

bool EndsLine(int byte) { return byte == '\n' || byte == kEnd; }

// The first fault counts.
void Fault(CsvRow& row, std::string why) {
  if (row.fault.empty()) row.fault = std::move(why);
}

}  // namespace

CsvReader::CsvReader(std::istream& in) : in_(in) {
  for (const char expected : {kByteOrderMark[0], kByteOrderMark[1], kByteOrderMark[2]}) {
    if (Peek() != static_cast<unsigned char>(expected)) return;
    Take();
  }
}

int CsvReader::Take() {
  const int byte = in_.rdbuf()->sbumpc();
  if (byte == kEnd) return kEnd;
  ++bytes_;
  if (byte == '\n') ++line_;
  return byte;
}

int CsvReader::Peek() { return in_.rdbuf()->sgetc(); }

bool CsvReader::Next(CsvRow& row) {
  while (Peek() == '\n' || Peek() == '\r') Take();
  if (Peek() == kEnd) return false;
  row = CsvRow();
  row.line = line_;
  size_t row_bytes = 0;
  while (ReadCell(row, row_bytes)) {
  }
  for (size_t i = 0; i < row.cells.size(); ++i) {
    if (!text::IsValidUtf8(row.cells[i])) Fault(row, absl::StrCat("column ", i + 1, " is not UTF-8"));
  }
  return true;
}

bool CsvReader::ReadCell(CsvRow& row, size_t& row_bytes) {
  std::string cell;
  if (Peek() == '"') ReadQuoted(row, cell, row_bytes);
  int byte = Take();
  for (; !EndsLine(byte) && byte != ','; byte = Take()) {
    if (byte == '"') Fault(row, absl::StrCat("column ", row.cells.size() + 1, " has a quote in its middle"));
    if (++row_bytes > kRowBytesMax) {
      Fault(row, absl::StrCat("is longer than ", kRowBytesMax, " bytes"));
      SkipLine();
      return false;
    }
    cell.push_back(static_cast<char>(byte));
  }
  if (EndsLine(byte) && !cell.empty() && cell.back() == '\r') cell.pop_back();
  if (row.cells.size() == kRowCellsMax) {
    Fault(row, absl::StrCat("has more than ", kRowCellsMax, " columns"));
    if (byte == ',') SkipLine();
    return false;
  }
  row.cells.push_back(std::move(cell));
  return byte == ',';
}

// From the opening quote to behind the closing one.
void CsvReader::ReadQuoted(CsvRow& row, std::string& cell, size_t& row_bytes) {
  Take();
  while (true) {
    const int byte = Take();
    if (byte == kEnd) return Fault(row, absl::StrCat("column ", row.cells.size() + 1, " has a quote that is never closed"));
    if (byte == '"') {
      if (Peek() != '"') break;
      Take();
    }
    if (++row_bytes > kRowBytesMax)
      return Fault(row, absl::StrCat("is longer than ", kRowBytesMax, " bytes: is a quote not closed?"));
    cell.push_back(static_cast<char>(byte));
  }
  if (Peek() != ',' && Peek() != '\r' && !EndsLine(Peek()))
    Fault(row, absl::StrCat("column ", row.cells.size() + 1, " has text behind its closing quote"));
}

void CsvReader::SkipLine() {
  while (!EndsLine(Take())) {
  }
}

}  // namespace touchstone::cli
