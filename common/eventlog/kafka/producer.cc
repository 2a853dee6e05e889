#include "common/eventlog/kafka/producer.h"

#include "absl/strings/str_cat.h"

namespace touchstone::eventlog::kafka {
namespace {

std::string Bytes(const void* data, size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

rd_kafka_vu_t Integer(rd_kafka_vtype_t type, int value) {
  rd_kafka_vu_t unit = {type, {}};
  unit.u.i = value;
  return unit;
}

rd_kafka_vu_t Memory(rd_kafka_vtype_t type, absl::string_view bytes) {
  rd_kafka_vu_t unit = {type, {}};
  unit.u.mem.ptr = const_cast<char*>(bytes.data());
  unit.u.mem.size = bytes.size();
  return unit;
}

}  // namespace

Record ToRecord(const rd_kafka_message_t& message) {
  Record record;
  record.offset = message.offset;
  record.append_time = absl::FromUnixMillis(rd_kafka_message_timestamp(&message, nullptr));
  record.key = Bytes(message.key, message.key_len);
  record.value = Bytes(message.payload, message.len);
  rd_kafka_headers_t* headers = nullptr;
  const void* id = nullptr;
  size_t id_size = 0;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
      rd_kafka_header_get_last(headers, kIdHeader, &id, &id_size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    record.id = Bytes(id, id_size);
  }
  return record;
}

rd_kafka_resp_err_t Producer::Produce(const std::string& topic, int32_t partition, absl::string_view key,
                                      std::optional<absl::string_view> value, absl::string_view id, void* tag,
                                      std::optional<absl::Time> time) {
  Owned<rd_kafka_topic_t>& handle = topics_[topic];
  if (handle == nullptr) handle.reset(rd_kafka_topic_new(client_.get(), absl::StrCat(prefix_, topic).c_str(), nullptr));
  rd_kafka_vu_t units[8] = {{RD_KAFKA_VTYPE_RKT, {}},
                            {RD_KAFKA_VTYPE_PARTITION, {}},
                            Integer(RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY),
                            Memory(RD_KAFKA_VTYPE_KEY, key),
                            // An empty value is not a tombstone: it has an address.
                            Memory(RD_KAFKA_VTYPE_VALUE, value.has_value() ? *value : absl::string_view(nullptr, 0)),
                            {RD_KAFKA_VTYPE_OPAQUE, {}}};
  size_t count = 6;
  units[0].u.rkt = handle.get();
  units[1].u.i32 = partition;
  if (value.has_value() && value->empty()) units[4].u.mem.ptr = const_cast<char*>("");
  units[5].u.ptr = tag;
  if (time.has_value()) {
    units[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    units[count++].u.i64 = absl::ToUnixMillis(*time);
  }
  if (!id.empty()) {
    units[count].vtype = RD_KAFKA_VTYPE_HEADER;
    units[count++].u.header = {kIdHeader, id.data(), static_cast<ssize_t>(id.size())};
  }
  const Error error(rd_kafka_produceva(client_.get(), units, count));
  return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error.get());
}

}  // namespace touchstone::eventlog::kafka
