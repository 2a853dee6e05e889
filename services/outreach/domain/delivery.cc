#include "services/outreach/domain/delivery.h"

#include "absl/strings/string_view.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "common/names/name_key.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

constexpr char kSource[] = "touchstone.outreach";

int Rank(events::OutreachStatus status) {
  switch (status) {
    case events::OUTREACH_STATUS_REQUESTED:
      return 1;
    case events::OUTREACH_STATUS_ACCEPTED:
      return 2;
    case events::OUTREACH_STATUS_DELIVERED:
      return 3;
    case events::OUTREACH_STATUS_BOUNCED:
      return 4;
    default:
      return 0;
  }
}

struct Told {
  const char* type;
  events::Direction direction;
};

std::optional<Told> ToldAs(events::DeliveryStatus status) {
  switch (status) {
    case events::DELIVERY_STATUS_DELIVERED:
      return Told{"outreach.delivered", events::DIRECTION_OUTBOUND};
    case events::DELIVERY_STATUS_BOUNCED:
      return Told{"outreach.bounced", events::DIRECTION_OUTBOUND};
    case events::DELIVERY_STATUS_OPENED:
      return Told{"outreach.opened", events::DIRECTION_INBOUND};
    case events::DELIVERY_STATUS_CLICKED:
      return Told{"outreach.clicked", events::DIRECTION_INBOUND};
    case events::DELIVERY_STATUS_ANSWERED:
      return Told{"outreach.answered", events::DIRECTION_INBOUND};
    case events::DELIVERY_STATUS_COMPLAINED:
      return Told{"outreach.complained", events::DIRECTION_INBOUND};
    case events::DELIVERY_STATUS_UNSUBSCRIBED:
      return Told{"outreach.unsubscribed", events::DIRECTION_INBOUND};
    default:
      return std::nullopt;
  }
}

// Names its person by the key alone: no clear name is kept with a play.
events::Touchpoint Tell(const events::Outreach& outreach, const Told& told, absl::string_view part, absl::Time time) {
  events::Touchpoint touchpoint;
  const std::string id = ids::DerivedId("", {outreach.send_key(), part});
  touchpoint.set_id(id.substr(1));  // The letters alone: the owner may be longer than a touchpoint's id.
  touchpoint.set_source(kSource);
  touchpoint.set_type(told.type);
  events::Name& name = *touchpoint.add_names();
  name.set_kind(names::KindOfKey(outreach.subject()));
  name.set_key(outreach.subject());
  touchpoint.set_channel(outreach.channel());
  touchpoint.set_direction(told.direction);
  *touchpoint.mutable_occur_time() = clock::ToProto(time);
  if (outreach.moment().has_strand()) *touchpoint.add_correlations() = outreach.moment().strand();
  if (outreach.moment().strand().kind() != events::CORRELATION_KIND_CAMPAIGN) {
    events::Correlation& campaign = *touchpoint.add_correlations();
    campaign.set_kind(events::CORRELATION_KIND_CAMPAIGN);
    campaign.set_id(outreach.play());
  }
  touchpoint.mutable_caused_by()->set_kind(events::CAUSE_KIND_OUTREACH);
  touchpoint.mutable_caused_by()->set_id(outreach.id());
  touchpoint.mutable_caused_by()->set_depth(outreach.moment().cause_depth() + 1);
  // One attribute, no more: a map of several has no order, and the same input must give the same bytes.
  (*touchpoint.mutable_attributes())["step"].set_text(outreach.step());
  return touchpoint;
}

}  // namespace

events::OutreachStatus StatusAfter(events::OutreachStatus before, events::DeliveryStatus report) {
  events::OutreachStatus shown = events::OUTREACH_STATUS_DELIVERED;
  if (report == events::DELIVERY_STATUS_ACCEPTED) shown = events::OUTREACH_STATUS_ACCEPTED;
  if (report == events::DELIVERY_STATUS_BOUNCED) shown = events::OUTREACH_STATUS_BOUNCED;
  return Rank(shown) > Rank(before) ? shown : before;
}

events::Touchpoint RequestedTouchpoint(const events::Outreach& outreach, absl::Time time) {
  return Tell(outreach, {"outreach.requested", events::DIRECTION_OUTBOUND}, "requested", time);
}

std::optional<events::Touchpoint> ReportTouchpoint(const events::Outreach& outreach, const events::DeliveryReport& report) {
  const std::optional<Told> told = ToldAs(report.status());
  if (!told.has_value()) return std::nullopt;
  return Tell(outreach, *told, "report:" + report.report_id(), clock::TimeFrom(report.occur_time()));
}

}  // namespace touchstone::outreach
