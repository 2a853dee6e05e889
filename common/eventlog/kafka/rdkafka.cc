#include "common/eventlog/kafka/rdkafka.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/errors.h"

namespace touchstone::eventlog::kafka {
namespace {

// What names of settings hold whose values nobody may read.
constexpr absl::string_view kSecretWords[] = {"password", "secret", "key.pem", "jaas", "oauthbearer.config"};

Companion& CompanionOf(void* opaque) { return *static_cast<Companion*>(opaque); }

void OnLog(const rd_kafka_t* handle, int severity, const char* facility, const char* text) {
  if (handle == nullptr) return;
  Companion& companion = CompanionOf(rd_kafka_opaque(handle));
  const std::string said = Redacted(text, companion.secrets);
  if (absl::string_view(facility) == "FAIL") {
    const std::lock_guard<std::mutex> lock(companion.mutex);
    companion.last_failure = said;
  }
  if (companion.callbacks.log) companion.callbacks.log(severity, absl::StrCat(facility, ": ", said));
}

void OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  CompanionOf(opaque).callbacks.delivered(*message);
}

void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  CompanionOf(opaque).callbacks.rebalance(what, *partitions);
}

}  // namespace

std::string LastFailure(rd_kafka_t* handle) {
  Companion& companion = CompanionOf(rd_kafka_opaque(handle));
  const std::lock_guard<std::mutex> lock(companion.mutex);
  return companion.last_failure;
}

std::vector<std::string> SecretsOf(const KafkaOptions& options) {
  std::vector<std::string> secrets;
  for (const auto& [name, value] : options.settings) {
    const bool is_secret = std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                                       [&](absl::string_view word) { return absl::StrContains(name, word); });
    if (is_secret && !value.empty()) secrets.push_back(value);
  }
  return secrets;
}

std::string Redacted(absl::string_view text, const std::vector<std::string>& secrets) {
  std::string redacted(text);
  for (const std::string& secret : secrets) absl::StrReplaceAll({{secret, "***"}}, &redacted);
  return redacted;
}

PartitionList MakeList(const std::vector<TopicPartition>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& p : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition)->offset = p.offset;
  }
  return list;
}

Settings::Settings(const KafkaOptions& options) : options_(options), conf_(rd_kafka_conf_new()) {
  for (const auto& [name, value] : options.settings) Set(name.c_str(), value);
  Set("bootstrap.servers", options.bootstrap);
  Set("client.id", absl::StrCat("touchstone-", options.instance));
  Set("socket.nagle.disable", "true");
  Prefer("log.connection.close", "false");
}

Settings& Settings::Set(const char* name, absl::string_view value) {
  // What librdkafka says about a bad value may repeat it.
  if (rd_kafka_conf_set(conf_.get(), name, std::string(value).c_str(), nullptr, 0) != RD_KAFKA_CONF_OK && status_.ok()) {
    status_ =
        absl::InvalidArgumentError(absl::StrCat("kafka.settings: librdkafka does not take '", name, "', or not that value"));
  }
  return *this;
}

Settings& Settings::Prefer(const char* name, absl::string_view value) {
  return options_.settings.contains(name) ? *this : Set(name, value);
}

absl::StatusOr<Client> Settings::Make(rd_kafka_type_t type, Callbacks callbacks) && {
  if (!status_.ok()) return status_;
  auto owned = std::make_unique<Companion>();
  owned->callbacks = std::move(callbacks);
  owned->secrets = SecretsOf(options_);
  owned->callbacks.log = options_.on_log;
  rd_kafka_conf_set_opaque(conf_.get(), owned.get());
  rd_kafka_conf_set_log_cb(conf_.get(), OnLog);
  if (owned->callbacks.delivered) rd_kafka_conf_set_dr_msg_cb(conf_.get(), OnDelivered);
  if (owned->callbacks.rebalance) rd_kafka_conf_set_rebalance_cb(conf_.get(), OnRebalance);
  char reason[512];
  rd_kafka_t* handle = rd_kafka_new(type, conf_.get(), reason, sizeof(reason));
  if (handle == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("librdkafka refuses its settings: ", Redacted(reason, owned->secrets)));
  conf_.release();  // The handle owns it now.
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(handle);
  return Client(std::move(owned), Owned<rd_kafka_t>(handle));
}

Settings ReaderSettings(const KafkaOptions& options, absl::string_view isolation) {
  Settings settings(options);
  // Named because assign() wants a name; nobody joins it and nothing is committed to it.
  settings.Set("group.id", absl::StrCat(options.prefix, "reader"))
      .Set("enable.auto.commit", "false")
      .Set("enable.auto.offset.store", "false")
      .Set("auto.offset.reset", "error")
      .Set("enable.partition.eof", "true")
      .Set("isolation.level", isolation);
  return settings;
}

absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what) {
  const std::string text = absl::StrCat(what, ": ", rd_kafka_err2str(error), " (", rd_kafka_err2name(error), ")");
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return absl::InvalidArgumentError(text);
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return status::WithRetry(absl::ResourceExhaustedError(text), absl::Milliseconds(100));
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return absl::PermissionDeniedError(text);
    default:
      return status::WithRetry(absl::UnavailableError(text), absl::Seconds(1));
  }
}

}  // namespace touchstone::eventlog::kafka
