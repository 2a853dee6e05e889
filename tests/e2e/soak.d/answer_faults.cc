#include "tests/e2e/soak.d/answer_faults.h"

namespace touchstone::e2e {

std::string NameOf(Api api) {
  switch (api) {
    case Api::kProduce:
      return "Produce";
    case Api::kInitProducerId:
      return "InitProducerId";
    case Api::kAddPartitionsToTxn:
      return "AddPartitionsToTxn";
    case Api::kAddOffsetsToTxn:
      return "AddOffsetsToTxn";
    case Api::kEndTxn:
      return "EndTxn";
    case Api::kTxnOffsetCommit:
      return "TxnOffsetCommit";
  }
  return "?";
}

void AnswerFaults::Arm(Api api, AnswerFault fault) {
  absl::MutexLock lock(&mutex_);
  armed_[static_cast<int>(api)].push_back(fault);
}

void AnswerFaults::Calm() {
  absl::MutexLock lock(&mutex_);
  armed_.clear();
}

std::optional<AnswerFault> AnswerFaults::Take(int api_key) {
  absl::MutexLock lock(&mutex_);
  const auto armed = armed_.find(api_key);
  if (armed == armed_.end() || armed->second.empty()) return std::nullopt;
  const AnswerFault fault = armed->second.front();
  armed->second.pop_front();
  ++hits_[{static_cast<Api>(api_key), fault.kind}];
  return fault;
}

std::map<std::pair<Api, AnswerFault::Kind>, int> AnswerFaults::hits() const {
  absl::MutexLock lock(&mutex_);
  return hits_;
}

}  // namespace touchstone::e2e
