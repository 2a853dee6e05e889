#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace touchstone::runtime {

// The only way a message reaches a log line or an error: `id: "t-1" names { kind: CUSTOMER value: (personal) }`. Fields marked
// (touchstone.events.v1.personal) show that they are there and nothing else; bytes and Any show their size, since nobody
// knows what is in them; unknown fields are left out. At most about 4 KiB, and 10 messages deep. Pure.
std::string LogMessage(const google::protobuf::Message& message);

}  // namespace touchstone::runtime
