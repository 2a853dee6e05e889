#include "tests/e2e/soak.d/kafka_brokers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/status/macros.h"
#include "tools/cli/pause.h"

namespace touchstone::e2e {
namespace {

constexpr char kJava[] = "/usr/bin/java";
constexpr char kClassPath[] = ".deps/kafka/libs/*";
constexpr char kClassArchive[] = ".deps/kafka/prepared/classes.jsa";
constexpr char kTemplate[] = "tools/kafka.d/server.properties";
constexpr char kLogging[] = "-Dlog4j.configuration=file:tools/kafka.d/log4j.properties";
// Sixteen bytes, as Kafka writes them.
constexpr char kClusterId[] = "dG91Y2hzdG9uZS1zb2FrMQ";
constexpr absl::Duration kServesWithin = absl::Seconds(60);
constexpr absl::Duration kLookEvery = absl::Milliseconds(50);

// A port that is free now. No two calls give the same while `held` lives.
int FreePort(std::vector<int>& held) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  held.push_back(descriptor);
  return ntohs(address.sin_port);
}

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaBrokers>> KafkaBrokers::Start(const std::string& folder, int count, AnswerFaults& faults,
                                                                  const clock::Clock& clock) {
  std::unique_ptr<KafkaBrokers> brokers(new KafkaBrokers(clock));
  std::vector<int> held;
  for (int number = 1; number <= count; ++number) {
    Broker& broker = brokers->brokers_.emplace_back();
    broker.folder = absl::StrCat(folder, "/broker-", number);
    std::filesystem::create_directories(broker.folder);
    for (int* port : {&broker.port, &broker.inner_port, &broker.controller_port}) *port = FreePort(held);
    ASSIGN_OR_RETURN(broker.proxy, KafkaProxy::Start(broker.port, faults, clock));
  }
  for (const int descriptor : held) close(descriptor);
  for (int number = 1; number <= count; ++number)
    RETURN_IF_ERROR(brokers->Configure(brokers->brokers_[static_cast<size_t>(number - 1)], number));
  RETURN_IF_ERROR(brokers->Format());
  for (Broker& broker : brokers->brokers_) brokers->Launch(broker);
  for (Broker& broker : brokers->brokers_) RETURN_IF_ERROR(brokers->AwaitServing(broker));
  return brokers;
}

std::string KafkaBrokers::bootstrap() const {
  return absl::StrJoin(brokers_, ",",
                       [](std::string* out, const Broker& broker) { absl::StrAppend(out, "127.0.0.1:", broker.proxy->port()); });
}

// The settings of the tests' broker, and after them those that differ here: the later one counts.
absl::Status KafkaBrokers::Configure(const Broker& broker, int number) const {
  std::string text = TextOf(kTemplate);
  if (text.empty()) return absl::NotFoundError(absl::StrCat(kTemplate, " is not there: start in the project's folder"));
  absl::StrReplaceAll({{"@FOLDER@", broker.folder},
                       {"@PORT@", absl::StrCat(broker.port)},
                       {"@CONTROLLER_PORT@", absl::StrCat(broker.controller_port)}},
                      &text);
  std::vector<std::string> voters;
  for (size_t i = 0; i < brokers_.size(); ++i) voters.push_back(absl::StrCat(i + 1, "@127.0.0.1:", brokers_[i].controller_port));
  absl::StrAppend(&text, "\nnode.id=", number, "\ncontroller.quorum.voters=", absl::StrJoin(voters, ","),
                  "\nlisteners=PLAINTEXT://127.0.0.1:", broker.port, ",INTERNAL://127.0.0.1:", broker.inner_port,
                  ",CONTROLLER://127.0.0.1:", broker.controller_port,
                  "\nadvertised.listeners=PLAINTEXT://127.0.0.1:", broker.proxy->port(),
                  ",INTERNAL://127.0.0.1:", broker.inner_port,
                  "\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
                  "\ninter.broker.listener.name=INTERNAL\n");
  if (brokers_.size() > 1) {
    absl::StrAppend(&text, "offsets.topic.replication.factor=3\noffsets.topic.num.partitions=3\n",
                    "transaction.state.log.replication.factor=3\ntransaction.state.log.min.isr=2\n",
                    "transaction.state.log.num.partitions=3\ndefault.replication.factor=3\nmin.insync.replicas=2\n",
                    // Who is back leads again.
                    "leader.imbalance.check.interval.seconds=5\n");
  }
  std::ofstream(broker.folder + "/server.properties") << text;
  return absl::OkStatus();
}

absl::Status KafkaBrokers::Format() {
  std::vector<std::unique_ptr<ChildProcess>> tools;
  for (const Broker& broker : brokers_) {
    tools.push_back(std::make_unique<ChildProcess>(
        std::vector<std::string>{kJava, "-XX:TieredStopAtLevel=1", kLogging, "-cp", kClassPath, "kafka.tools.StorageTool",
                                 "format", "-t", kClusterId, "-c", broker.folder + "/server.properties"},
        broker.folder + "/format.log"));
  }
  for (const auto& tool : tools) {
    if (tool->Wait() != 0) return absl::UnavailableError("Kafka's storage was not formatted: read broker-*/format.log");
  }
  return absl::OkStatus();
}

void KafkaBrokers::Launch(Broker& broker) {
  ++broker.lives;
  std::vector<std::string> words = {kJava,
                                    "-Xms64m",
                                    "-Xmx384m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-XX:-UsePerfData",
                                    "-Xshare:auto",
                                    "-Xlog:cds=off",
                                    "-Xlog:cds+dynamic=off",
                                    kLogging,
                                    "-cp",
                                    kClassPath};
  if (std::filesystem::exists(kClassArchive)) words.push_back(absl::StrCat("-XX:SharedArchiveFile=", kClassArchive));
  words.insert(words.end(), {"kafka.Kafka", broker.folder + "/server.properties"});
  broker.process = std::make_unique<ChildProcess>(words, absl::StrCat(broker.folder, "/life-", broker.lives, ".log"));
}

absl::Status KafkaBrokers::AwaitServing(Broker& broker) const {
  const std::string log = absl::StrCat(broker.folder, "/life-", broker.lives, ".log");
  for (const absl::Duration deadline = clock_.Monotonic() + kServesWithin; clock_.Monotonic() < deadline;) {
    if (absl::StrContains(TextOf(log), "Kafka Server started")) return absl::OkStatus();
    if (!broker.process->Runs()) return absl::UnavailableError(absl::StrCat("a broker has ended: read ", log));
    cli::Pause(kLookEvery);
  }
  return absl::UnavailableError(absl::StrCat("a broker does not serve: read ", log));
}

void KafkaBrokers::Kill(int number) {
  ChildProcess& process = *brokers_[static_cast<size_t>(number - 1)].process;
  process.Signal(SIGKILL);
  process.Wait();
}

absl::Status KafkaBrokers::Restart(int number) {
  Broker& broker = brokers_[static_cast<size_t>(number - 1)];
  Launch(broker);
  return AwaitServing(broker);
}

}  // namespace touchstone::e2e
