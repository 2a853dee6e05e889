#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/outreach/state/v1/gate_state.pb.h"

namespace touchstone::outreach {

// How long a decided send key is remembered: none is requested twice in that time, and reports are taken. Longer than any
// intent's expiry, after which it could not be requested anyway.
inline constexpr absl::Duration kKeepSend = absl::Hours(24 * 90);

// What is known of one address while one message is applied: sends are read when first asked for, and what changed is
// remembered in the order of change. Lives as long as the message.
class AddressBook {
 public:
  // The send of that key as kept; nothing if there is none.
  using Load = std::function<absl::StatusOr<std::optional<state::v1::GateSend>>(absl::string_view send_key)>;

  AddressBook(absl::string_view address_key, state::v1::AddressHead head, Load load);

  const std::string& address_key() const { return address_key_; }
  const state::v1::AddressHead& head() const { return head_; }
  state::v1::AddressHead& mutable_head();
  bool head_changed() const { return head_changed_; }

  // Null if there is none, or if it could not be read: then status() says so and nothing may be kept. Valid for this
  // object's life.
  const state::v1::GateSend* Find(absl::string_view send_key);
  // As Find, to change it; of a send that is not there, a new one.
  state::v1::GateSend& Change(absl::string_view send_key);
  void Forget(absl::string_view send_key) { forgotten_.emplace_back(send_key); }

  const std::vector<std::string>& changed() const { return changed_; }
  const std::vector<std::string>& forgotten() const { return forgotten_; }
  const absl::Status& status() const { return status_; }

 private:
  const std::string address_key_;
  state::v1::AddressHead head_;
  bool head_changed_ = false;
  Load load_;
  std::map<std::string, std::optional<state::v1::GateSend>> sends_;
  std::vector<std::string> changed_;
  std::vector<std::string> forgotten_;
  absl::Status status_;
};

}  // namespace touchstone::outreach
