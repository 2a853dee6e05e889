#include "common/names/name_secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"

namespace touchstone::names {
namespace {

constexpr size_t kHashBytes = 16;
constexpr size_t kFingerprintBytes = 8;

std::string HmacHex(absl::string_view secret, absl::string_view bytes, size_t kept) {
  // Fetched once and kept for the life of the process: EVP_sha256() looks its implementation up anew for every digest.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  INVARIANT(algorithm != nullptr, "OpenSSL gives no SHA-256");
  std::array<unsigned char, 32> digest;
  unsigned int size = 0;
  const bool done = HMAC(algorithm, secret.data(), static_cast<int>(secret.size()),
                         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size) != nullptr;
  INVARIANT(done && size == digest.size(), "OpenSSL gives no HMAC-SHA256");
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), kept));
}

}  // namespace

absl::StatusOr<NameSecret> NameSecret::FromBytes(absl::string_view bytes) {
  if (bytes.size() != kBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the secret of the names has ", bytes.size(), " bytes; it needs ", kBytes));
  }
  return NameSecret(bytes);
}

absl::StatusOr<NameSecret> NameSecret::FromHex(absl::string_view hex) {
  hex = absl::StripAsciiWhitespace(hex);
  if (hex.size() != 2 * kBytes || !std::all_of(hex.begin(), hex.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); })) {
    return absl::InvalidArgumentError(absl::StrCat("the secret of the names is not ", 2 * kBytes,
                                                   " hexadecimal digits; `openssl rand -hex ", kBytes, "` makes one"));
  }
  return NameSecret(absl::HexStringToBytes(hex));
}

std::string NameSecret::ToHex() const { return absl::BytesToHexString(bytes_); }

// The text cannot be a normalised name: those hold no control character. So no key gives the fingerprint away, or the reverse.
std::string NameSecret::Fingerprint() const { return HmacHex(bytes_, "\x01 fingerprint of the secret", kFingerprintBytes); }

std::string NameSecret::KeyedHash(absl::string_view bytes) const { return HmacHex(bytes_, bytes, kHashBytes); }

}  // namespace touchstone::names
