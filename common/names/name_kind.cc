#include "common/names/name_kind.h"

namespace touchstone::names {

absl::string_view KindText(events::NameKind kind) {
  switch (kind) {
    case events::NAME_KIND_CUSTOMER:
      return "customer";
    case events::NAME_KIND_ACCOUNT:
      return "account";
    case events::NAME_KIND_EMAIL:
      return "email";
    case events::NAME_KIND_PHONE:
      return "phone";
    case events::NAME_KIND_HANDLE:
      return "handle";
    case events::NAME_KIND_DEVICE:
      return "device";
    case events::NAME_KIND_ANONYMOUS:
      return "anonymous";
    default:
      return "";
  }
}

events::NameKind KindOfText(absl::string_view text) {
  for (int number = events::NAME_KIND_CUSTOMER; number <= events::NAME_KIND_ANONYMOUS; ++number) {
    const auto kind = static_cast<events::NameKind>(number);
    if (KindText(kind) == text) return kind;
  }
  return events::NAME_KIND_UNSPECIFIED;
}

absl::string_view AllKindsText() { return "customer, account, email, phone, handle, device, anonymous"; }

events::Channel ContactChannelOf(events::NameKind kind) {
  switch (kind) {
    case events::NAME_KIND_EMAIL:
      return events::CHANNEL_EMAIL;
    case events::NAME_KIND_PHONE:
      return events::CHANNEL_SMS;
    case events::NAME_KIND_DEVICE:
      return events::CHANNEL_PUSH;
    case events::NAME_KIND_HANDLE:
      return events::CHANNEL_SOCIAL;
    default:
      return events::CHANNEL_UNSPECIFIED;
  }
}

}  // namespace touchstone::names
