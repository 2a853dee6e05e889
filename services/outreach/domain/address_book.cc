#include "services/outreach/domain/address_book.h"

#include <algorithm>
#include <utility>

namespace touchstone::outreach {

AddressBook::AddressBook(absl::string_view address_key, state::v1::AddressHead head, Load load)
    : address_key_(address_key), head_(std::move(head)), load_(std::move(load)) {}

state::v1::AddressHead& AddressBook::mutable_head() {
  head_changed_ = true;
  return head_;
}

const state::v1::GateSend* AddressBook::Find(absl::string_view send_key) {
  auto [at, is_new] = sends_.try_emplace(std::string(send_key));
  if (is_new) {
    absl::StatusOr<std::optional<state::v1::GateSend>> loaded = load_(send_key);
    if (loaded.ok()) {
      at->second = *std::move(loaded);
    } else {
      status_.Update(loaded.status());
    }
  }
  return at->second.has_value() ? &*at->second : nullptr;
}

state::v1::GateSend& AddressBook::Change(absl::string_view send_key) {
  Find(send_key);
  std::optional<state::v1::GateSend>& send = sends_.find(std::string(send_key))->second;
  if (!send.has_value()) send.emplace();
  if (std::find(changed_.begin(), changed_.end(), send_key) == changed_.end()) changed_.emplace_back(send_key);
  return *send;
}

}  // namespace touchstone::outreach
