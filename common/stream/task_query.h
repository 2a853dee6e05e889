#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/state_view.h"

namespace touchstone::stream {

// What may be asked of a task: a pure function of its state, of task time and of a request, known by a name within the kind, so
// that it runs where the task is, in this instance or another. Called on the task's thread, between two batches.
struct TaskQuery {
  std::string name;
  std::function<absl::StatusOr<std::string>(const eventlog::StateView& state, absl::Time task_time, absl::string_view request)>
      run;
};

// Every kind answers these two. `value`: what the state holds at the key that is the request; NOT_FOUND where it holds nothing.
inline constexpr char kValueQuery[] = "value";
// Nothing at all: for who only waits until the task is past a position.
inline constexpr char kWaitQuery[] = "wait";

// A query whose request and answer are messages. `answer` is called as
// absl::StatusOr<Response> answer(const eventlog::StateView&, absl::Time task_time, const Request&).
template <typename Request, typename Response, typename Answer>
TaskQuery MakeTaskQuery(std::string name, Answer answer) {
  const auto run = [name, answer = std::move(answer)](const eventlog::StateView& state, absl::Time task_time,
                                                      absl::string_view bytes) -> absl::StatusOr<std::string> {
    Request request;
    if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return absl::InvalidArgumentError(absl::StrCat("query ", name, ": its request is no ", request.GetTypeName()));
    const absl::StatusOr<Response> response = answer(state, task_time, request);
    if (!response.ok()) return response.status();
    return response->SerializeAsString();
  };
  return {std::move(name), run};
}

}  // namespace touchstone::stream
