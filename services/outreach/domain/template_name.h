#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/moment.pb.h"

namespace touchstone::outreach {

// What a template speaks of. `promise` is the nearest of the journey's promises in the moment's strand, else the nearest of all.
struct TemplateValues {
  events::v1::MomentOfTruth moment;
  events::v1::JourneyDigest journey;
  events::v1::Promise promise;
  // Of dates.
  absl::TimeZone zone;
};

TemplateValues ValuesOf(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey, absl::TimeZone zone);

// A name in a template: `moment.`, `journey.` or `promise.` and the path of a field that is one text, number or time.
// Checked against the messages, so that no customer reads a misspelt name. A value.
class TemplateName {
 public:
  // INVALID_ARGUMENT says what is unknown and what there is.
  static absl::StatusOr<TemplateName> Parse(absl::string_view text);

  // In words; empty where the field is not set. Times are dates, values of enums their words in lower case.
  std::string ValueIn(const TemplateValues& values) const;

 private:
  enum class Root { kMoment, kJourney, kPromise };

  Root root_ = Root::kMoment;
  std::vector<const google::protobuf::FieldDescriptor*> path_;
};

}  // namespace touchstone::outreach
