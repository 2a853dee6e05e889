#include "tools/cli/import/rule_constants.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/clock/proto_time.h"
#include "common/names/name_secret.h"
#include "common/status/errors.h"
#include "services/ingestion/domain/touchpoint_check.h"

namespace touchstone::cli {
namespace {

using events::v1::Touchpoint;

// A template as it is where every column holds one character.
std::string Shortest(const std::string& text) {
  std::string filled;
  size_t at = 0;
  while (true) {
    const size_t open = text.find("{{", at);
    const size_t close = text.find("}}", open);
    // What is no template is told as such elsewhere.
    if (close == std::string::npos) return absl::StrCat(filled, absl::string_view(text).substr(at));
    absl::StrAppend(&filled, absl::string_view(text).substr(at, open - at), "1");
    at = close + 2;
  }
}

void AddNames(const mapping::v1::TouchpointRule& rule, Touchpoint& touchpoint) {
  for (const std::string& text : rule.names()) {
    // Two templates that are the same name every row the same.
    const auto first = std::find(rule.names().begin(), rule.names().end(), text);
    events::v1::Name& name = *touchpoint.add_names();
    name.set_kind(events::v1::NAME_KIND_CUSTOMER);
    name.set_value(absl::StrCat(first - rule.names().begin()));
  }
}

// The touchpoint of a row whose cells are all as they should be.
Touchpoint Sample(const mapping::v1::TouchpointRule& rule, const std::string& source) {
  Touchpoint sample;
  sample.set_id(Shortest(rule.id()));
  sample.set_source(source);
  sample.set_type(rule.type());
  AddNames(rule, sample);
  sample.set_channel(rule.channel());
  sample.set_direction(rule.direction());
  *sample.mutable_occur_time() = clock::ToProto(absl::UnixEpoch());
  sample.set_language(rule.language());
  sample.set_topic(Shortest(rule.topic()));
  if (rule.has_survey()) {
    sample.mutable_survey()->set_kind(rule.survey().kind());
    sample.mutable_survey()->set_score(1);
  }
  if (rule.has_promise()) {
    sample.mutable_promise()->set_what(rule.promise().what());
    *sample.mutable_promise()->mutable_until_time() = clock::ToProto(absl::UnixEpoch());
  }
  if (rule.has_money()) sample.mutable_money()->set_currency_code(rule.money().currency());
  for (const mapping::v1::CorrelationRule& correlation : rule.correlations()) {
    sample.add_correlations()->set_kind(correlation.kind());
    sample.mutable_correlations()->rbegin()->set_id(Shortest(correlation.id()));
  }
  for (const auto& [name, attribute] : rule.attributes()) (*sample.mutable_attributes())[name].set_integer(1);
  return sample;
}

}  // namespace

void CheckRuleConstants(const mapping::v1::TouchpointRule& rule, const std::string& source, const std::string& path,
                        MappingErrors& errors) {
  if (!rule.id().empty() && !absl::StrContains(rule.id(), "{{"))
    errors.Add(absl::StrCat(path, ".id"), "must hold a column: it is one id for all rows");
  // Names get their keys with the secret of a deployment; whether they are taken does not hang on which.
  const auto secret = names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, 's'));
  const absl::Status checked = ingestion::CheckedTouchpoint(Sample(rule, source), path, *secret, absl::UnixEpoch()).status();
  for (const status::FieldViolation& wrong : status::FieldViolationsOf(checked)) {
    const absl::string_view field = absl::StripPrefix(wrong.path, absl::StrCat(path, "."));
    errors.Add(field == "source" ? "source" : absl::StrReplaceAll(wrong.path, {{"money.currency_code", "money.currency"}}),
               wrong.description);
  }
}

}  // namespace touchstone::cli
