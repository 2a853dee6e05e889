#include "common/ids/hash.h"

#include <openssl/evp.h>

#include "common/status/invariant.h"

namespace touchstone::ids {

Sha256Digest Sha256(absl::string_view bytes) {
  // Fetched once and kept for the life of the process: EVP_sha256() looks its implementation up anew for every digest.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256Digest digest;
  unsigned int size = 0;
  const bool done = algorithm != nullptr && EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr) == 1;
  INVARIANT(done && size == digest.size(), "OpenSSL gives no SHA-256");
  return digest;
}

uint64_t StableHash64(absl::string_view bytes) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : bytes) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001B3u;
  }
  hash ^= hash >> 33;
  hash *= 0xFF51AFD7ED558CCDu;
  hash ^= hash >> 33;
  hash *= 0xC4CEB9FE1A85EC53u;
  hash ^= hash >> 33;
  return hash;
}

}  // namespace touchstone::ids
