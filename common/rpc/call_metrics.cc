#include "common/rpc/call_metrics.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <atomic>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace touchstone::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerRpcInfo;

constexpr char kCalls[] = "touchstone_rpc_calls_total";
constexpr char kSeconds[] = "touchstone_rpc_call_seconds";
// OK to UNAUTHENTICATED.
constexpr size_t kCodes = 17;

}  // namespace

class CallMetrics::Method {
 public:
  Method(metrics::Metrics& metrics, std::string name)
      : metrics_(metrics),
        name_(std::move(name)),
        seconds_(metrics.AddHistogram(kSeconds, "From a unary call's arrival to its status", {{"method", name_}})) {}

  void Count(int code) {
    const size_t at = code >= 0 && static_cast<size_t>(code) < kCodes ? static_cast<size_t>(code)
                                                                      : static_cast<size_t>(absl::StatusCode::kUnknown);
    metrics::Counter* counter = counters_[at].load(std::memory_order_acquire);
    if (counter == nullptr) {
      // Most codes never come; adding twice gives the same one.
      const std::string word = absl::StatusCodeToString(static_cast<absl::StatusCode>(at));
      counter = &metrics_.AddCounter(kCalls, "Calls that ended, by method and code", {{"method", name_}, {"code", word}});
      counters_[at].store(counter, std::memory_order_release);
    }
    counter->Add();
  }

  void Took(absl::Duration span) { seconds_.Observe(absl::ToDoubleSeconds(span)); }

 private:
  metrics::Metrics& metrics_;
  const std::string name_;
  metrics::Histogram& seconds_;
  std::array<std::atomic<metrics::Counter*>, kCodes> counters_{};
};

// One call.
class CallMetrics::Watcher : public Interceptor {
 public:
  Watcher(Method& method, bool unary, const clock::Clock& clock)
      : method_(method), unary_(unary), clock_(clock), begun_(clock.Monotonic()) {}

  void Intercept(InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      method_.Count(batch->GetSendStatus().error_code());
      if (unary_) method_.Took(clock_.Monotonic() - begun_);
    }
    batch->Proceed();
  }

 private:
  Method& method_;
  const bool unary_;
  const clock::Clock& clock_;
  const absl::Duration begun_;
};

class CallMetrics::Watchers : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Watchers(const CallMetrics& metrics) : metrics_(metrics) {}

  // gRPC takes it over.
  Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    return new Watcher(metrics_.MethodOf(info->method()), info->type() == ServerRpcInfo::Type::UNARY, metrics_.clock_);
  }

 private:
  const CallMetrics& metrics_;
};

CallMetrics::CallMetrics(metrics::Metrics& metrics, const clock::Clock& clock)
    : metrics_(metrics), clock_(clock), other_(std::make_unique<Method>(metrics, "other")) {}

CallMetrics::~CallMetrics() = default;

void CallMetrics::AddService(absl::string_view full_name) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name));
  for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
    const std::string name = absl::StrCat(full_name, "/", service->method(i)->name());
    methods_.try_emplace(absl::StrCat("/", name), std::make_unique<Method>(metrics_, name));
  }
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> CallMetrics::MakeInterceptors() {
  return std::make_unique<Watchers>(*this);
}

CallMetrics::Method& CallMetrics::MethodOf(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? *other_ : *found->second;
}

}  // namespace touchstone::rpc
