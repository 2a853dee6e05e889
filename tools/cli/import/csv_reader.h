#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace touchstone::cli {

inline constexpr size_t kRowBytesMax = 1 << 20;
inline constexpr size_t kRowCellsMax = 1000;

struct CsvRow {
  // Where it begins; from 1.
  int64_t line = 0;
  std::vector<std::string> cells;
  // Why it cannot be taken; empty: it can. It never repeats what is in the row.
  std::string fault;
};

// Rows of comma-separated values as RFC 4180 has them: quoted cells may hold commas, line ends and doubled quotes; lines end in
// LF or CRLF; a byte order mark in front is skipped, and so are empty lines. Cells that are no UTF-8, a quote in the middle of
// a cell, text behind a closing quote, and what passes the limits make a row with a fault, and reading goes on in the next line.
class CsvReader {
 public:
  // `in` outlives the reader and is at its begin.
  explicit CsvReader(std::istream& in);

  // The next row; false at the end. Blocks as `in` does.
  bool Next(CsvRow& row);

  // Read so far.
  int64_t bytes() const { return bytes_; }

 private:
  // The next byte, -1 at the end; counts lines.
  int Take();
  int Peek();
  // Reads one cell; true where another follows in the row.
  bool ReadCell(CsvRow& row, size_t& row_bytes);
  void ReadQuoted(CsvRow& row, std::string& cell, size_t& row_bytes);
  void SkipLine();

  std::istream& in_;
  int64_t line_ = 1;
  int64_t bytes_ = 0;
};

}  // namespace touchstone::cli
