#include "common/rpc/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"

namespace touchstone::rpc {
namespace {

using testing::HasSubstr;

TEST(ListenAddress, OnlyLoopbackUnlessToldInWords) {
  for (const char* address : {"127.0.0.1:0", "127.1.2.3:7300", "localhost:7300", "[::1]:7300", "unix:/run/t.sock"}) {
    EXPECT_TRUE(CheckListenAddress(address, "").ok()) << address;
  }
  for (const char* address :
       {"0.0.0.0:7300", "[::]:7300", "192.168.1.5:7300", "127.example.org:1", "host:7300", "[::ffff:1]:1"}) {
    const absl::Status refused = CheckListenAddress(address, "true");
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("yes, without TLS"));
    EXPECT_TRUE(CheckListenAddress(address, "yes, without TLS").ok()) << address;
  }
}

TEST(ListenAddress, WhatIsNoneIsExplained) {
  for (const char* address : {"", "7300", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1",
                              "::1:7300", "[::1:7300", ":7300"}) {
    const absl::Status refused = CheckListenAddress(address, "yes, without TLS");
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("127.0.0.1:7300")) << address;
  }
}

TEST(ListenAddress, AServerIsReachedAtAHostAndAPortOrASocketFile) {
  for (const char* address : {"127.0.0.1:1", "localhost:65535", "host.example.org:07300", "[::1]:7300", "unix:t.sock",
                              "unix:///run/t.sock", "unix-abstract:t"}) {
    EXPECT_TRUE(CheckServerAddress(address).ok()) << address;
  }
  for (const char* address : {"", "foo", "7300", "localhost:", "localhost:http", "localhost:0", "localhost:65536", "::1:7300",
                              ":7300", "unix:", "unix-abstract:", "http://localhost:7300", "dns:///localhost:7300"}) {
    const absl::Status refused = CheckServerAddress(address);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("127.0.0.1:7300")) << address;
  }
}

}  // namespace
}  // namespace touchstone::rpc
