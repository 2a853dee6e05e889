#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/outreach/domain/address_book.h"
#include "services/outreach/domain/gate_checks.h"

namespace touchstone::outreach {

// What the gate wants written besides what it knows of the address; in order.
struct GateFacts {
  // By the address.
  std::vector<events::v1::OutreachRequest> requests;
  // By the subject, which is beside each.
  struct Answer {
    std::string subject;
    events::v1::GateAnswer answer;
  };
  std::vector<Answer> answers;
  // As they stand now; unset if they did not change.
  std::optional<events::v1::Preferences> preferences;
  // A report of a send that is not known here, or no longer.
  bool unknown_send = false;
};

// The last gate before a send, by address: owns what the address consents to. A request is decided in the same unit of work
// that writes it, so nothing is requested after a withdrawal. Pure and stateless; any thread.
class Gate {
 public:
  // `policy` outlives the gate.
  explicit Gate(const GatePolicy& policy) : policy_(policy) {}

  // Held for one address at a time; one more is dropped.
  static constexpr int kHeldMax = 256;
  // Reports of one send; more are taken for a sender's fault and ignored.
  static constexpr int kReportsMax = 64;

  // A send key is decided once: an intent that comes again gets the answer of the first.
  void OnIntent(const events::v1::Intent& intent, absl::Time now, AddressBook& book, GateFacts& facts) const;
  // Best effort: what is requested stays so.
  void OnRecall(const events::v1::RecallIntent& recall, absl::Time now, AddressBook& book, GateFacts& facts) const;
  // Sets what is named, from this unit of work on. Whether it is a repeat is the caller's to know.
  void OnPreferences(const events::v1::ChangePreferences& change, absl::Time now, AddressBook& book, GateFacts& facts) const;
  // Idempotent by the report's id.
  void OnReport(const events::v1::DeliveryReport& report, absl::Time now, AddressBook& book, GateFacts& facts) const;
  // The send's wake_time has come.
  void OnWake(absl::string_view send_key, absl::Time now, AddressBook& book, GateFacts& facts) const;

 private:
  void Decide(absl::string_view send_key, absl::Time now, AddressBook& book, GateFacts& facts) const;
  void DecideHeld(absl::Time now, AddressBook& book, GateFacts& facts) const;
  void Request(state::v1::GateSend& send, absl::Time now, AddressBook& book, GateFacts& facts) const;
  // What the cap need not count any more.
  void ForgetOldSends(absl::Time now, AddressBook& book) const;
  // Decided for good: answers, and keeps of it what repeats and reports need.
  void Close(state::v1::GateSend& send, const CheckList& list, absl::Time now, AddressBook& book, GateFacts& facts) const;
  void Object(Objection objection, events::v1::OutreachClass outreach_class, absl::Time now, AddressBook& book,
              GateFacts& facts) const;

  const GatePolicy& policy_;
};

}  // namespace touchstone::outreach
