#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace touchstone::eventlog::embedded {

// Which kinds of loss a power loss was made of, by kind of file: `store/*.log: cut at a byte` -> how often. So that a test sees
// what it never tried.
using LossCounts = std::map<std::string, int64_t>;

// A file or a folder in memory that knows what of it is durable: a file's bytes as of its last sync, a folder's entries as of its
// own. Not thread-safe.
class DiskNode {
 public:
  explicit DiskNode(bool is_folder) : is_folder_(is_folder) {}

  bool is_folder() const { return is_folder_; }

  // Files.
  const std::string& bytes() const { return bytes_; }
  void Write(uint64_t offset, absl::string_view bytes);
  void Truncate(uint64_t size);
  void SyncBytes();

  // Folders.
  std::shared_ptr<DiskNode> Find(const std::string& name) const;
  const std::map<std::string, std::shared_ptr<DiskNode>>& entries() const { return entries_; }
  void Set(const std::string& name, std::shared_ptr<DiskNode> node);
  void Erase(const std::string& name);
  void Rename(const std::string& from, const std::string& to);
  void SyncEntries();

  // What a power loss leaves of this node and what is below it. Of what was not synced some is lost: all of it, what came after
  // some point (maybe within a sector), or any sectors; what is lost reads as before, as zeros, or as garbage where there was
  // nothing. Of entries, changes are lost from some point on, or any of them.
  // `name` is its own, for `counts`.
  std::shared_ptr<DiskNode> AfterPowerLoss(std::mt19937_64& random, const std::string& name, LossCounts& counts) const;

 private:
  // A change of a folder that is not durable: `erased` goes, then `set` is there.
  struct EntryChange {
    std::string erased;
    std::string set;
    std::shared_ptr<DiskNode> node;
  };

  void Apply(const EntryChange& change, std::map<std::string, std::shared_ptr<DiskNode>>& entries) const;
  std::string BytesAfterPowerLoss(std::mt19937_64& random, const std::string& name, LossCounts& counts) const;
  std::map<std::string, std::shared_ptr<DiskNode>> EntriesAfterPowerLoss(std::mt19937_64& random, LossCounts& counts) const;
  std::string DurableSector(uint64_t sector) const;

  const bool is_folder_;
  std::string bytes_;
  uint64_t durable_size_ = 0;
  std::map<uint64_t, std::string> overwritten_;  // Sectors as they are durable, where they differ.
  std::map<std::string, std::shared_ptr<DiskNode>> entries_;
  std::map<std::string, std::shared_ptr<DiskNode>> durable_entries_;
  std::vector<EntryChange> entry_changes_;
};

}  // namespace touchstone::eventlog::embedded
