#include "common/rpc/unreadable_requests.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"

namespace touchstone::rpc {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerRpcInfo;

// One call of a method that there is: no handler of ours says UNIMPLEMENTED.
class UnreadableRequests::Watcher : public Interceptor {
 public:
  explicit Watcher(const std::string& request) : request_(request) {}

  void Intercept(InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS) &&
        batch->GetSendStatus().error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      batch->ModifySendStatus(
          {grpc::StatusCode::INVALID_ARGUMENT, absl::StrCat("the bytes received are no ", request_,
                                                            ": truncated, not UTF-8 where text is wanted, or nested too deep")});
    }
    batch->Proceed();
  }

 private:
  const std::string& request_;
};

class UnreadableRequests::Watchers : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Watchers(const UnreadableRequests& requests) : requests_(requests.requests_) {}

  // gRPC takes it over; null: this call is none of ours.
  Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    const auto found = requests_.find(info->method());
    return found == requests_.end() ? nullptr : new Watcher(found->second);
  }

 private:
  const absl::flat_hash_map<std::string, std::string>& requests_;
};

void UnreadableRequests::AddService(absl::string_view full_name) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name));
  for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
    requests_.try_emplace(absl::StrCat("/", full_name, "/", service->method(i)->name()),
                          service->method(i)->input_type()->full_name());
  }
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> UnreadableRequests::MakeInterceptors() {
  return std::make_unique<Watchers>(*this);
}

}  // namespace touchstone::rpc
