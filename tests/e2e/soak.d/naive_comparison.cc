#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/e2e/soak.d/naive_retail.h"
#include "tests/e2e/soak.d/outcome.h"

namespace touchstone::e2e {
namespace {

namespace naive = classification::naive;

std::vector<naive::Moment> NaiveMoments(const std::vector<naive::Fact>& facts, absl::Time now, const NaiveRetail& retail) {
  std::vector<naive::Moment> moments = naive::JourneyOf(facts, absl::ToUnixNanos(now), retail.rules).moments;
  for (naive::Moment& moment : moments) {
    // In the sentence, where a count stands; the sentence is compared with that of the undisturbed run.
    moment.count = 0;
    const auto stated = retail.stated_stages.find(moment.rule);
    if (stated != retail.stated_stages.end()) moment.stage = stated->second;
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

}  // namespace

void CompareWithNaive(const KillTraffic& traffic, const Outcome& actual, absl::Time now, Findings& findings) {
  const size_t customers = traffic.size() / kTouchpointsPerCustomer;
  std::vector<std::vector<naive::Moment>> found(customers);
  for (const auto& [id, moment] : actual.moments()) {
    if (moment.customer < 0 || static_cast<size_t>(moment.customer) >= customers) {
      findings.Add("moment of nobody", id);
    } else {
      found[static_cast<size_t>(moment.customer)].push_back(moment.plain);
    }
  }
  std::vector<std::vector<naive::Fact>> facts(customers);
  for (size_t i = 0; i < traffic.size(); ++i)
    facts[static_cast<size_t>(traffic.PlaceOf(i).number)].push_back(FactOf(traffic.At(i)));
  const NaiveRetail retail = RetailForTheTraffic();
  for (size_t customer = 0; customer < customers; ++customer) {
    std::sort(found[customer].begin(), found[customer].end());
    const std::vector<naive::Moment> expected = NaiveMoments(facts[customer], now, retail);
    if (found[customer] == expected) continue;
    std::string what = absl::StrCat("customer ", customer, " has");
    for (const naive::Moment& moment : found[customer]) absl::StrAppend(&what, " ", moment.rule, "/", moment.stage);
    absl::StrAppend(&what, ", the naive journey");
    for (const naive::Moment& moment : expected) absl::StrAppend(&what, " ", moment.rule, "/", moment.stage);
    findings.Add("not what the naive journey finds", what);
  }
}

}  // namespace touchstone::e2e
