#include "common/runtime/host.h"

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/runtime/disk_space.h"
#include "common/runtime/exit_code.h"
#include "common/runtime/repeat_limit.h"

namespace touchstone::runtime {
namespace {

using testing::HasSubstr;

// The program beside this test, as a process; its stdout and stderr come through pipes.
class Program {
 public:
  explicit Program(std::vector<std::string> flags) {
    int out[2];
    int err[2];
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(err, O_CLOEXEC), 0);
    const std::string path = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "runtime_stopping_program";
    std::vector<char*> argv = {const_cast<char*>(path.c_str())};
    for (std::string& flag : flags) argv.push_back(flag.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      dup2(err[1], STDERR_FILENO);
      execv(path.c_str(), argv.data());
      _exit(99);
    }
    close(out[1]);
    close(err[1]);
    out_ = fdopen(out[0], "r");
    err_ = fdopen(err[0], "r");
  }
  ~Program() {
    if (!waited_) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    fclose(out_);
    fclose(err_);
  }

  // The next line of stdout, without its line feed; blocks for it.
  std::string Line() { return ReadLine(out_); }
  std::string AllErrors() {
    std::string all;
    for (std::string line = ReadLine(err_); !line.empty(); line = ReadLine(err_)) all += line + "\n";
    return all;
  }
  void Signal(int number) { kill(pid_, number); }
  // As a shell says it.
  int ExitStatus() {
    int status = 0;
    waitpid(pid_, &status, 0);
    waited_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

 private:
  static std::string ReadLine(FILE* file) {
    char line[4096];
    if (fgets(line, sizeof(line), file) == nullptr) return "";
    return std::string(absl::StripSuffix(line, "\n"));
  }

  pid_t pid_ = -1;
  FILE* out_ = nullptr;
  FILE* err_ = nullptr;
  bool waited_ = false;
};

int PortOf(absl::string_view address) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) << address;
  return port;
}

TEST(Process, StopsInOrderOnTermAndOnInterrupt) {
  for (const int number : {SIGTERM, SIGINT}) {
    Program program({});
    ASSERT_EQ(program.Line(), "ready ");
    program.Signal(number);
    EXPECT_EQ(program.ExitStatus(), kExitOk);
    const std::string log = program.AllErrors();
    EXPECT_THAT(log, HasSubstr("\"event\":\"process.ready\",\"program\":\"stopping-program\""));
    EXPECT_THAT(log, HasSubstr("\"event\":\"process.stopping\",\"program\":\"stopping-program\",\"why\":\"asked to\""));
  }
}

TEST(Process, ASecondSignalEndsAStopThatHangs) {
  Program program({"--set", "linger=true"});
  program.Line();
  program.Signal(SIGTERM);
  ASSERT_EQ(program.Line(), "lingering");
  program.Signal(SIGTERM);
  EXPECT_EQ(program.ExitStatus(), 128 + SIGTERM);
}

TEST(Process, AMistakeOfTheUserIsExplainedInALine) {
  Program setting({"--set", "colour=red"});
  EXPECT_EQ(setting.ExitStatus(), kExitUsage);
  EXPECT_EQ(setting.AllErrors(), "stopping-program: --set colour=red: unknown; there is linger=true\n");
  Program flag({"--colour"});
  EXPECT_EQ(flag.ExitStatus(), kExitUsage);
  EXPECT_THAT(flag.AllErrors(), HasSubstr("--colour"));
  Program file({"--config", "/no/such/file"});
  EXPECT_EQ(file.ExitStatus(), kExitUsage);
  EXPECT_THAT(file.AllErrors(), HasSubstr("/no/such/file"));
}

TEST(Process, HelpHasAnExample) {
  Program program({"--help"});
  std::string help;
  for (int i = 0; i < 4; ++i) help += program.Line();
  EXPECT_THAT(help, HasSubstr("Example: stopping-program --config"));
  EXPECT_EQ(program.ExitStatus(), kExitOk);
}

// A client may send bad text as often as it likes.
TEST(Host, WhatProtobufSaysOfBadTextIsLimited) {
  testing::internal::CaptureStderr();
  {
    Host host("host-test", Flags());
    google::protobuf::StringValue text;
    for (int i = 0; i < 1000; ++i) EXPECT_FALSE(text.ParseFromString("\x0a\x01\xff"));
  }
  const std::vector<std::string> lines = absl::StrSplit(testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), size_t{kRepeatsMax});
  EXPECT_THAT(lines, testing::Each(HasSubstr("\"level\":\"warning\",\"event\":\"library.protobuf\"")));
}

TEST(Host, IsReadyWhileItServesAllThatItShould) {
  Flags flags;
  flags.admin = "127.0.0.1:0";
  Host host("host-test", flags);
  ASSERT_TRUE(host.OpenAdmin().ok());
  const std::string address = host.admin_address();
  httplib::Client client("127.0.0.1", std::stoi(address.substr(address.rfind(':') + 1)));
  EXPECT_EQ(client.Get("/readyz")->status, 503);
  std::thread running([&host] { EXPECT_TRUE(host.RunUntilStopped().ok()); });
  while (client.Get("/readyz")->status != 200) std::this_thread::yield();
  host.SetServing(false);
  EXPECT_EQ(client.Get("/readyz")->status, 503);
  host.SetServing(true);
  EXPECT_EQ(client.Get("/readyz")->status, 200);
  host.RequestStop(absl::OkStatus());
  running.join();
  EXPECT_EQ(client.Get("/readyz")->status, 503);
}

TEST(Process, TheAdminPortShowsMetricsAndReadiness) {
  Program program({"--admin", "127.0.0.1:0"});
  httplib::Client client("127.0.0.1", PortOf(program.Line()));
  auto metrics = client.Get("/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->body, HasSubstr("stopping_starts_total 1\n"));
  EXPECT_EQ(client.Get("/healthz")->status, 200);
  while (client.Get("/readyz")->status != 200) std::this_thread::yield();  // It is about to say so.
  EXPECT_EQ(client.Get("/elsewhere")->status, 404);
  program.Signal(SIGTERM);
  EXPECT_EQ(program.ExitStatus(), kExitOk);
}

TEST(AdminServer, NotReadyUntilItIs) {
  std::atomic<bool> ready{false};
  auto server = AdminServer::Start("127.0.0.1:0", {.metrics = [] { return ""; }, .ready = [&] { return ready.load(); }});
  ASSERT_TRUE(server.ok()) << server.status();
  httplib::Client client("127.0.0.1", PortOf((*server)->address()));
  EXPECT_EQ(client.Get("/readyz")->status, 503);
  ready = true;
  EXPECT_EQ(client.Get("/readyz")->status, 200);
}

TEST(AdminServer, APortInUseIsNotShared) {
  const AdminPages pages{.metrics = [] { return ""; }, .ready = [] { return true; }};
  auto first = AdminServer::Start("127.0.0.1:0", pages);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = AdminServer::Start((*first)->address(), pages);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("is in use"));
}

TEST(AdminServer, OnlyLoopback) {
  for (const char* listen : {"0.0.0.0:0", "192.168.0.1:9300", "9300", "", "127.0.0.1:", "127.0.0.1:70000", "127.x.org:1"}) {
    EXPECT_EQ(AdminServer::Start(listen, {}).status().code(), absl::StatusCode::kInvalidArgument) << listen;
  }
}

TEST(StopSignal, AThreadMayAskForTheEndAndTheFirstReasonCounts) {
  StopSignal stop;
  std::thread failing([&] {
    stop.Request(absl::DataLossError("the log is damaged"));
    stop.Request(absl::InternalError("and more"));
  });
  EXPECT_EQ(stop.Wait(), absl::DataLossError("the log is damaged"));
  EXPECT_EQ(stop.Wait(), absl::DataLossError("the log is damaged"));
  failing.join();
}

TEST(FreeDisk, OfAFolderAndOfNone) {
  const auto space = FreeDisk("/");
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_GT(space->free_bytes, 0);
  EXPECT_GE(space->total_bytes, space->free_bytes);
  const auto none = FreeDisk("/no/such/folder");
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("/no/such/folder"));
}

}  // namespace
}  // namespace touchstone::runtime
