#include "services/process/restore_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/metrics/prometheus_metrics.h"

namespace touchstone::process {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Events : public runtime::Log {
 public:
  void Write(runtime::LogLevel, absl::string_view event, absl::Span<const runtime::LogField> fields) override {
    std::string text(event);
    for (const runtime::LogField& field : fields) {
      text += " " + std::string(field.name());
      if (const auto* number = std::get_if<int64_t>(&field.value())) text += "=" + std::to_string(*number);
    }
    events_.push_back(text);
  }
  std::vector<std::string> events_;
};

TEST(RestoreReport, TellsInTheLogAndAsMetrics) {
  Events log;
  metrics::PrometheusMetrics metrics;
  RestoreReport report(log, metrics);
  report.Tell({"case", 0, 0, 0, true});
  report.Tell({"case", 1, 40, 100, false});
  EXPECT_THAT(metrics.Text(), HasSubstr("touchstone_kafka_restored_records{kind=\"case\",partition=\"1\"} 40"));
  EXPECT_THAT(metrics.Text(), HasSubstr("touchstone_kafka_restore_records{kind=\"case\",partition=\"1\"} 100"));
  report.Tell({"case", 1, 100, 100, true});
  EXPECT_THAT(metrics.Text(), HasSubstr("touchstone_kafka_restored_records{kind=\"case\",partition=\"1\"} 100"));
  EXPECT_THAT(log.events_, ElementsAre("restore.progress kind partition=1 restored=40 of=100",
                                       "restore.done kind partition=1 restored=100 of=100"))
      << "one that has nothing to read is not worth a line";
}

}  // namespace
}  // namespace touchstone::process
