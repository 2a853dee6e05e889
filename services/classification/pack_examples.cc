#include "services/classification/pack_examples.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/proto_time.h"
#include "common/config/source_map.h"
#include "common/config/yaml.h"
#include "common/status/macros.h"
#include "services/classification/pack_loader.h"
#include "services/classification/story_time.h"

namespace touchstone::classification {
namespace {

// One example, read field by field; what is wrong is rendered where it stands.
class ExampleReader {
 public:
  ExampleReader(const pack::v1::Example& source, std::string path, const config::SourceMap& map, std::vector<std::string>& errors)
      : source_(source), path_(std::move(path)), map_(map), errors_(errors) {}

  Example Read() {
    Example example;
    example.customer = source_.customer();
    example.shows = source_.shows();
    if (source_.customer().empty()) Report("customer", "is required");
    if (source_.touchpoints().empty()) Report("touchpoints", "are required");
    std::vector<absl::Duration> times;
    for (int i = 0; i < source_.touchpoints_size(); ++i) {
      times.push_back(Time(source_.touchpoints(i).at(), absl::StrCat("touchpoints[", i, "].at")));
      if (source_.touchpoints(i).type().empty()) Report(absl::StrCat("touchpoints[", i, "].type"), "is required");
    }
    if (!source_.now().empty()) {
      now_ = Time(source_.now(), "now");
    } else if (!times.empty()) {
      now_ = *std::max_element(times.begin(), times.end());
    }
    example.present = now_;
    for (int i = 0; i < source_.touchpoints_size(); ++i) {
      const size_t at = static_cast<size_t>(i);
      example.events.push_back({times[at] - now_, TouchpointOf(i, times[at])});
    }
    std::stable_sort(example.events.begin(), example.events.end(),
                     [](const ExampleEvent& a, const ExampleEvent& b) { return a.offset < b.offset; });
    ReadExpectation(example);
    return example;
  }

 private:
  void Report(absl::string_view field, absl::string_view message) {
    const std::string path = absl::StrCat(path_, ".", field);
    errors_.push_back(map_.At(path, absl::StrCat(path, " ", message)).Render());
  }

  absl::Duration Time(absl::string_view text, absl::string_view field) {
    const absl::StatusOr<absl::Duration> time = ParseStoryTime(text);
    if (!time.ok()) Report(field, time.status().message());
    return time.value_or(absl::ZeroDuration());
  }

  events::v1::Touchpoint TouchpointOf(int index, absl::Duration time) {
    const pack::v1::ExampleTouchpoint& from = source_.touchpoints(index);
    events::v1::Touchpoint to;
    to.set_id(from.id().empty() ? absl::StrCat(source_.customer(), "-", index + 1) : from.id());
    to.set_source(from.source().empty() ? "shop" : from.source());
    to.set_type(from.type());
    to.set_channel(from.channel() == events::v1::CHANNEL_UNSPECIFIED ? events::v1::CHANNEL_WEB : from.channel());
    to.set_direction(from.direction());
    *to.mutable_occur_time() = clock::ToProto(absl::UnixEpoch() + time - now_);
    to.set_topic(from.topic());
    to.set_text(from.text());
    to.set_language(source_.language());
    to.set_outcome(from.outcome());
    AddNames(to);
    AddScores(from, to);
    AddCorrelations(from, to);
    if (from.has_promise()) {
      const std::string field = absl::StrCat("touchpoints[", index, "].promise.until");
      to.mutable_promise()->set_what(from.promise().what().empty() ? "delivery" : from.promise().what());
      *to.mutable_promise()->mutable_until_time() =
          clock::ToProto(absl::UnixEpoch() + Time(from.promise().until(), field) - now_);
    }
    if (from.caused_by() != events::v1::CAUSE_KIND_UNSPECIFIED) {
      to.mutable_caused_by()->set_kind(from.caused_by());
      to.mutable_caused_by()->set_id("example");
      to.mutable_caused_by()->set_depth(1);
    }
    return to;
  }

  void AddNames(events::v1::Touchpoint& to) const {
    const auto add = [&](events::v1::NameKind kind, const std::string& value) {
      if (value.empty()) return;
      events::v1::Name& name = *to.add_names();
      name.set_kind(kind);
      name.set_value(value);
    };
    add(events::v1::NAME_KIND_CUSTOMER, source_.customer());
    add(events::v1::NAME_KIND_EMAIL, source_.email());
    add(events::v1::NAME_KIND_PHONE, source_.phone());
  }

  static void AddScores(const pack::v1::ExampleTouchpoint& from, events::v1::Touchpoint& to) {
    if (from.has_sentiment()) to.set_sentiment(from.sentiment());
    if (from.has_stars()) to.set_stars(from.stars());
    const auto survey = [&](events::v1::SurveyKind kind, int32_t score) {
      to.mutable_survey()->set_kind(kind);
      to.mutable_survey()->set_score(score);
    };
    if (from.has_nps()) survey(events::v1::SURVEY_KIND_NPS, from.nps());
    if (from.has_csat()) survey(events::v1::SURVEY_KIND_CSAT, from.csat());
    if (from.has_ces()) survey(events::v1::SURVEY_KIND_CES, from.ces());
  }

  static void AddCorrelations(const pack::v1::ExampleTouchpoint& from, events::v1::Touchpoint& to) {
    const auto add = [&](events::v1::CorrelationKind kind, const std::string& id) {
      if (id.empty()) return;
      events::v1::Correlation& correlation = *to.add_correlations();
      correlation.set_kind(kind);
      correlation.set_id(id);
    };
    add(events::v1::CORRELATION_KIND_ORDER, from.order());
    add(events::v1::CORRELATION_KIND_CASE, from.case_());
    add(events::v1::CORRELATION_KIND_CONTACT, from.contact());
    add(events::v1::CORRELATION_KIND_CONTENT, from.content());
  }

  void ReadExpectation(Example& example) {
    const pack::v1::Expectation& expect = source_.expect();
    example.stage = expect.stage();
    example.strike_hundredths = expect.strikes();
    example.not_found.assign(expect.not_().begin(), expect.not_().end());
    for (int i = 0; i < expect.moments_size(); ++i) {
      const absl::Duration at = Time(expect.moments(i).at(), absl::StrCat("expect.moments[", i, "].at"));
      example.moments.push_back({expect.moments(i).rule(), at - now_});
    }
    std::stable_sort(example.moments.begin(), example.moments.end(), [](const ExpectedMoment& a, const ExpectedMoment& b) {
      return std::tie(a.offset, a.rule) < std::tie(b.offset, b.rule);
    });
  }

  const pack::v1::Example& source_;
  const std::string path_;
  const config::SourceMap& map_;
  std::vector<std::string>& errors_;
  absl::Duration now_;
};

}  // namespace

absl::StatusOr<std::vector<Example>> ParseExamples(absl::string_view file_name, absl::string_view text) {
  pack::v1::ExampleFile file;
  config::SourceMap map;
  RETURN_IF_ERROR(config::ParseYaml(file_name, text, &file, &map));
  std::vector<Example> examples;
  std::vector<std::string> errors;
  for (int i = 0; i < file.examples_size(); ++i) {
    examples.push_back(ExampleReader(file.examples(i), absl::StrCat("examples[", i, "]"), map, errors).Read());
  }
  if (!errors.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  return examples;
}

absl::StatusOr<std::vector<Example>> LoadExamples(const std::string& folder) {
  std::set<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") files.insert(entry.path().string());
  }
  if (error) return absl::NotFoundError(absl::StrCat("cannot read the folder '", folder, "': ", error.message()));
  std::vector<Example> examples;
  std::set<std::string> customers;
  for (const std::string& path : files) {
    ASSIGN_OR_RETURN(const std::string text, ReadFileFromDisk(path));
    ASSIGN_OR_RETURN(std::vector<Example> parsed, ParseExamples(path, text));
    for (Example& example : parsed) {
      if (!customers.insert(example.customer).second) {
        return absl::InvalidArgumentError(absl::StrCat(path, ": customer '", example.customer, "' is there twice"));
      }
      examples.push_back(std::move(example));
    }
  }
  return examples;
}

std::vector<events::v1::Touchpoint> PlacedAt(const Example& example, absl::Time present) {
  std::vector<events::v1::Touchpoint> touchpoints;
  const absl::Duration shift = present - absl::UnixEpoch();
  for (const ExampleEvent& event : example.events) {
    events::v1::Touchpoint& touchpoint = touchpoints.emplace_back(event.touchpoint);
    *touchpoint.mutable_occur_time() = clock::ToProto(clock::TimeFrom(touchpoint.occur_time()) + shift);
    if (!touchpoint.has_promise()) continue;
    auto& until = *touchpoint.mutable_promise()->mutable_until_time();
    until = clock::ToProto(clock::TimeFrom(until) + shift);
  }
  return touchpoints;
}

}  // namespace touchstone::classification
