#pragma once

#include <string>

#include "absl/time/time.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/moment.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

// Short texts of what travels, for people at a terminal. They may hold personal data, and control characters of others: Fitted
// (text_width.h) takes those out.
namespace touchstone::cli {

// `web, 59.90 EUR, delivery promised until 2026-11-05 18:00`.
std::string TouchpointDetails(const events::v1::Touchpoint& touchpoint, absl::TimeZone zone);

// `order A`; empty for none.
std::string CorrelationText(const events::v1::Correlation& correlation);

// `59.90 EUR`.
std::string MoneyText(const events::v1::Money& money);

// `1.50` of 150; `-0.50` of -50.
std::string StrikesText(int hundredths);

// `third, disappointment 70`.
std::string MomentHead(const events::v1::MomentOfTruth& moment);

// `delivery until 2026-11-05 18:00 (order A), broken`.
std::string PromiseText(const events::v1::PromiseState& promise, absl::TimeZone zone);

// What one attribute holds, without its type.
std::string AttributeText(const events::v1::AttributeValue& value, absl::TimeZone zone);

}  // namespace touchstone::cli
