#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Integers as bytes. Fixed ones are big endian, so that keys order as numbers; varints are protobuf's (7 bits a byte, low
// first). A Take… reads from the front of `from` and moves it on; false: too short or malformed, and `from` is undefined.
namespace touchstone::eventlog::embedded {

void AppendFixed16(std::string& to, uint16_t value);
void AppendFixed32(std::string& to, uint32_t value);
void AppendFixed64(std::string& to, uint64_t value);
void AppendVarint(std::string& to, uint64_t value);

bool TakeFixed16(absl::string_view& from, uint16_t& value);
bool TakeFixed32(absl::string_view& from, uint32_t& value);
bool TakeFixed64(absl::string_view& from, uint64_t& value);
bool TakeVarint(absl::string_view& from, uint64_t& value);
// `size` bytes.
bool TakeBytes(absl::string_view& from, uint64_t size, absl::string_view& bytes);

}  // namespace touchstone::eventlog::embedded
