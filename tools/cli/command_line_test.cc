#include "tools/cli/command_line.h"

#include <gmock/gmock.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <sstream>

#include "common/clock/proto_time.h"
#include "common/clock/virtual_clock.h"
#include "common/runtime/version.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// Takes touchpoints in memory: those without a type are refused, and the first stream is lost after its first message.
class MemoryIngestion : public ingestion::v1::IngestionService::Service {
 public:
  grpc::Status IngestTouchpoint(grpc::ServerContext*, const ingestion::v1::IngestTouchpointRequest* request,
                                ingestion::v1::IngestTouchpointResponse* response) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    taken_[request->touchpoint().id()] = request->touchpoint();
    response->set_token("t1");
    return grpc::Status::OK;
  }

  grpc::Status StreamTouchpoints(grpc::ServerContext*,
                                 grpc::ServerReaderWriter<ingestion::v1::StreamTouchpointsResponse,
                                                          ingestion::v1::StreamTouchpointsRequest>* stream) override {
    ingestion::v1::StreamTouchpointsRequest request;
    while (stream->Read(&request)) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (lose_streams_-- > 0) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
      ingestion::v1::StreamTouchpointsResponse response;
      response.set_sequence(request.sequence());
      for (int i = 0; i < request.touchpoints_size(); ++i) {
        if (request.touchpoints(i).type().empty()) {
          ingestion::v1::RejectedTouchpoint& rejected = *response.add_rejected();
          rejected.set_index(i);
          rejected.mutable_status()->set_code(3);
          const std::string path = "touchpoints[" + std::to_string(i) + "]";
          rejected.mutable_status()->set_message(path + ".type: is required; " + path + ".names: is required");
        } else {
          taken_[request.touchpoints(i).id()] = request.touchpoints(i);
          response.set_accepted_count(response.accepted_count() + 1);
        }
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status BeginImport(grpc::ServerContext*, const ingestion::v1::BeginImportRequest* request,
                           ingestion::v1::BeginImportResponse* response) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto [first, inserted] = bases_.try_emplace(request->import_id(), *request);
    if (first->second.has_rebase_time()) *response->mutable_rebase_time() = first->second.rebase_time();
    return grpc::Status::OK;
  }

  grpc::Status EndImport(grpc::ServerContext*, const ingestion::v1::EndImportRequest* request,
                         ingestion::v1::EndImportResponse*) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_.push_back(request->import_id());
    return grpc::Status::OK;
  }

  void LoseStreams(int count) {
    const std::lock_guard<std::mutex> lock(mutex_);
    lose_streams_ = count;
  }
  std::map<std::string, events::v1::Touchpoint> taken() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return taken_;
  }
  std::vector<std::string> ended() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return ended_;
  }

 private:
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, events::v1::Touchpoint> taken_;
  std::map<std::string, ingestion::v1::BeginImportRequest> bases_;
  std::vector<std::string> ended_;
  int lose_streams_ = 0;
};

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }

  // With --address behind it where the command is one of the suite's.
  int Run(std::vector<std::string> words, const std::string& input = "", bool remote = true) {
    words.insert(words.begin(), "touchstone");
    if (remote) words.insert(words.end(), {"--address", address_});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::istringstream text(input);
    std::istream& in = in_ != nullptr ? *in_ : text;
    out_.str("");
    err_.str("");
    clock::VirtualClock clock(now_);
    int ids = 0;
    Context context{.in = in,
                    .out = out_,
                    .err = err_,
                    .clock = clock,
                    .new_id = [&ids] { return "id" + std::to_string(++ids); },
                    .terminal = terminal_};
    return RunCommandLine(static_cast<int>(argv.size()), argv.data(), context);
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = ::testing::TempDir() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  MemoryIngestion service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  absl::Time now_ = kNow;
  Terminal terminal_;
  // What is read instead of the text that is given.
  std::unique_ptr<std::istream> in_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(CommandLineTest, ExitCodesSayWhatHappened) {
  EXPECT_EQ(Run({"--help"}, "", false), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Exit codes"));
  EXPECT_EQ(Run({"sned"}, "", false), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'send'?"));
  EXPECT_EQ(Run({"send", "--type", "order.purchased", "--name", "customer:42", "--channel", "wep"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'web'?"));
  EXPECT_EQ(Run({"replay", "/nowhere.jsonl"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("/nowhere.jsonl: cannot be opened"));
  EXPECT_EQ(Run({"cel", "eval", "true", "--touchpoint", "/nowhere.json"}, "", false), 2);
  EXPECT_EQ(Run({"import", "--mapping", "/nowhere.yaml", "x.csv"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("'/nowhere.yaml' cannot be read: No such file"));
  EXPECT_EQ(Run({"status"}), 1);
  server_->Shutdown();
  server_.reset();
  EXPECT_EQ(Run({"status"}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("nothing listens at " + address_));
}

TEST_F(CommandLineTest, WhatIsNoCommandAndNoFlagIsToldTheNearest) {
  const struct {
    std::vector<std::string> words;
    std::string says;
  } cases[] = {
      {{"journy", "customer:1"}, "touchstone: 'journy' is no command of it; did you mean 'journey'?\n  See touchstone --help."},
      {{"outreach", "lst"},
       "touchstone outreach: 'lst' is no command of it; did you mean 'list'?\n  See touchstone outreach --help."},
      {{"escalations"}, "touchstone escalations: say which: list, get, create, cancel, watch"},
      {{}, "touchstone: say which: "},
      {{"send", "--tpye", "x"},
       "touchstone send: there is no flag --tpye; did you mean '--type'?\n  See touchstone send --help."},
      {{"send", "--chanel=web"}, "touchstone send: there is no flag --chanel; did you mean '--channel'?"},
      {{"outreach", "list", "--stats", "held"}, "touchstone outreach list: there is no flag --stats; did you mean '--status'?"},
      {{"journey", "customer:1", "customer:2"}, "touchstone journey: 'customer:2' is not expected"},
      {{"journey", "customer:1", "--json=foo"}, "touchstone journey: --json takes no value"},
      {{"journey"}, "touchstone journey: NAME is required"},
      {{"desktop", "--agnet", "ana"}, "touchstone desktop: there is no flag --agnet; did you mean '--agent'?"},
      {{"desktop", "--agent", "a", "--capacity", "99"}, "touchstone: --capacity: must be 1 to 20"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Run(one.words, "", false), 2) << ::testing::PrintToString(one.words);
    EXPECT_THAT(err_.str(), StartsWith(one.says)) << ::testing::PrintToString(one.words);
  }
}

TEST_F(CommandLineTest, AnArgumentThatIsWrongIsNamedWithWhatItShouldLookLike) {
  const struct {
    std::vector<std::string> words;
    std::string says;
  } cases[] = {
      {{"journey", "foo"}, "NAME: 'foo' is no name: write kind:value, as in customer:42"},
      {{"journey", "custmer:1"}, "NAME: 'custmer:1' has no kind of name before its colon; did you mean 'customer'?"},
      {{"journey", "email:jo"}, "NAME: 'email:jo' is no e-mail address: it should look like jo@example.com"},
      {{"journey", std::string(5000, 'x')}, "NAME: '" + std::string(59, 'x') + "…' is no name"},
      {{"moments", "--name", "foo"}, "--name: 'foo' is no name"},
      {{"moments", "--kind", "thrid"}, "--kind: 'thrid' is none of"},
      {{"preferences", "get", "foo"}, "NAME: 'foo' is no name"},
      {{"preferences", "set", "foo", "--suppress"}, "NAME: 'foo' is no name"},
      {{"preferences", "set", "email:a@b.c", "--grant", "marketin"}, "--grant: 'marketin' is none of"},
      {{"preferences", "set", "email:a@b.c", "--withdraw", "x"}, "--withdraw: 'x' is none of"},
      {{"preferences", "set", "email:a@b.c", "--quiet", "22"}, "--quiet: write 22:00-08:00"},
      {{"outreach", "list", "--name", "foo"}, "--name: 'foo' is no name: write kind:value, as in customer:42"},
      {{"outreach", "list", "--status", "hold"}, "--status: 'hold' is none of"},
      {{"outreach", "report", "--send-key", "k", "--status", "x"}, "--status: 'x' is none of"},
      {{"outreach", "report", "--send-key", "k", "--status", "opened", "--occur-time", "x"}, "--occur-time: 'x' is no time"},
      {{"escalations", "list", "--name", "foo"}, "--name: 'foo' is no name"},
      {{"escalations", "list", "--status", "qeued"}, "--status: 'qeued' is none of"},
      {{"escalations", "create", "--name", "foo", "--reason", "r", "--actor", "a"}, "--name: 'foo' is no name"},
      {{"send", "--type", "a.b", "--name", "foo"}, "--name: 'foo' is no name"},
      {{"send", "--type", "a.b", "--name", "customer:1", "--outcome", "x"}, "--outcome: 'x' is none of"},
      {{"journey", "customer:1", "--zone", "Europe/Berln"}, "--zone: 'Europe/Berln' is no time zone known here: use"},
      {{"moments", "--from-begin"}, "--from-begin: goes with --follow"},
      {{"moments", "--token", "t"}, "--token: goes with --name"},
      {{"moments", "--follow", "--name", "customer:1", "--token", "t"}, "--token: goes with --name, and not with --follow"},
      {{"desktop", "--agent", "ana", "--leave-after", "0"}, "--leave-after: must be 1 or more"},
      {{"replay", ""}, "FILE: is empty"},
      {{"send", "--type", "a.b", "--name", "customer:1", "--text", "\xff"}, "--text: is not valid UTF-8"},
      {{"journey", "customer:\xff"}, "NAME: is not valid UTF-8"},
      {{"escalations", "create", "--name", "customer:1", "--reason", "r", "--actor", "ana"},
       "--actor: 'ana' does not say what it is: write agent:ana"},
      {{"escalations", "cancel", "x", "--reason", "r", "--actor", "agent:"}, "--actor: 'agent:' does not say what it is"},
      {{"replay", "."}, ".: cannot be read: is it a file"},
      {{"desktop", "--agent", "ana", "--work-time", "x"}, "--work-time: "},
      {{"replay", "FILE", "--speed", "x"}, "--speed: "},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Run(one.words), 2) << ::testing::PrintToString(one.words);
    EXPECT_THAT(err_.str(), HasSubstr("touchstone: " + one.says)) << ::testing::PrintToString(one.words);
  }
}

TEST_F(CommandLineTest, AWatchTellsAPersonThatItHasBegunAndNobodyElse) {
  const struct {
    std::vector<std::string> words;
    std::string says;
  } cases[] = {
      {{"moments", "--follow"}, "Following what is concluded of all customers, from now on. Ctrl-C ends it.\n"},
      {{"moments", "--follow", "--name", "customer:42", "--kind", "third", "--kind", "zero", "--from-begin"},
       "Following moments of kind third, zero of customer:42, from the oldest that is kept. Ctrl-C ends it.\n"},
      {{"escalations", "watch"}, "Following changes of all escalations, from now on. Ctrl-C ends it.\n"},
      {{"escalations", "watch", "--id", "x"}, "Following changes of escalation x, from now on. Ctrl-C ends it.\n"},
      {{"outreach", "watch"}, "Following changes of all outreaches, from now on. Ctrl-C ends it.\n"},
      {{"outreach", "requests"}, "Following what is to be sent, from now on. Ctrl-C ends it.\n"},
  };
  for (auto one : cases) {
    // The server has no such service, which is told behind it.
    terminal_.progress = true;
    EXPECT_EQ(Run(one.words), 1);
    EXPECT_THAT(err_.str(), StartsWith(one.says));
    EXPECT_THAT(out_.str(), IsEmpty());
    terminal_.progress = false;
    EXPECT_EQ(Run(one.words), 1);
    EXPECT_THAT(err_.str(), StartsWith("touchstone: the suite does not have this call: compare `touchstone --version` with"));
    terminal_.progress = true;
    one.words.push_back("--json");
    EXPECT_EQ(Run(one.words), 1);
    EXPECT_THAT(err_.str(), StartsWith("touchstone: "));
  }
}

TEST_F(CommandLineTest, TheVersionIsThatOfAllPrograms) {
  EXPECT_EQ(Run({"--version"}, "", false), 0);
  EXPECT_EQ(out_.str(), std::string("touchstone ") + runtime::kVersion + "\n");
}

TEST_F(CommandLineTest, SendSaysWhatItsFlagsSay) {
  ASSERT_EQ(Run({"send", "--type", "order.purchased", "--name", "customer:42", "--channel", "web", "--order", "A", "--occur-time",
                 "-3d", "--promise", "delivery=+1d", "--money", "59.90 EUR", "--attribute", "tier=gold"}),
            0)
      << err_.str();
  EXPECT_EQ(out_.str(), "taken as touchstone.cli id1\ntoken t1\n");
  const events::v1::Touchpoint touchpoint = service_.taken().at("id1");
  EXPECT_EQ(clock::TimeFrom(touchpoint.occur_time()), kNow - absl::Hours(72));
  EXPECT_EQ(clock::TimeFrom(touchpoint.promise().until_time()), kNow - absl::Hours(48));
  EXPECT_EQ(touchpoint.money().nanos(), 900'000'000);
  EXPECT_EQ(touchpoint.correlations(0).kind(), events::v1::CORRELATION_KIND_ORDER);
  EXPECT_EQ(touchpoint.attributes().at("tier").text(), "gold");
}

TEST_F(CommandLineTest, SendSaysInJsonTooAsWhatATouchpointWasTaken) {
  ASSERT_EQ(Run({"send", "--type", "a.b", "--name", "customer:42", "--source", "a \"b\"", "--json"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), "{\"id\":\"id1\",\"source\":\"a \\\"b\\\"\",\"token\":\"t1\"}\n");
}

TEST_F(CommandLineTest, LinesThatAreWrongAreNamedAndTheOthersTaken) {
  EXPECT_EQ(Run({"send"}, "{\"id\": \"a\", \"type\": \"a.b\"}\n\nnonsense\n{\"id\": \"b\"}\n"), 1);
  EXPECT_THAT(err_.str(), HasSubstr("line 3: is no JSON of a Touchpoint"));
  EXPECT_THAT(err_.str(), HasSubstr("line 4: type: is required; names: is required\n"));
  EXPECT_EQ(out_.str(), "1 taken, 2 refused\n");
}

TEST_F(CommandLineTest, LinesThatCannotBeReadAreNoEmptyFile) {
  in_ = std::make_unique<std::ifstream>(::testing::TempDir());
  EXPECT_EQ(Run({"send"}), 1);
  EXPECT_THAT(err_.str(), StartsWith("touchstone: stdin cannot be read: is it a file or a pipe? 0 touchpoints are taken"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(CommandLineTest, LinesHaveTheDefaultsOfFlags) {
  EXPECT_EQ(Run({"send"}, R"({"id": "a", "type": "a.b"})"), 0) << err_.str();
  EXPECT_EQ(service_.taken().at("a").source(), "touchstone.cli");
  EXPECT_EQ(service_.taken().at("a").channel(), events::v1::CHANNEL_SYSTEM);
  EXPECT_EQ(clock::TimeFrom(service_.taken().at("a").occur_time()), kNow);
  EXPECT_EQ(Run({"send", "--source", "shop", "--channel", "web"},
                R"({"id": "b", "type": "a.b"})"
                "\n"
                R"({"id": "c", "type": "a.b", "source": "pos", "channel": "CHANNEL_STORE"})"),
            0)
      << err_.str();
  EXPECT_EQ(service_.taken().at("b").source(), "shop");
  EXPECT_EQ(service_.taken().at("b").channel(), events::v1::CHANNEL_WEB);
  EXPECT_EQ(service_.taken().at("c").source(), "pos");
  EXPECT_EQ(service_.taken().at("c").channel(), events::v1::CHANNEL_STORE);
}

TEST_F(CommandLineTest, AFlagOfOneTouchpointAsksForItsType) {
  EXPECT_EQ(Run({"send", "--name", "customer:1"}, ""), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--type: is required where --name is given"));
  EXPECT_EQ(Run({"send", "--stars", "5"}, ""), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--type: is required where --stars is given"));
  EXPECT_EQ(Run({"send", "--type", "a.b"}, ""), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--name: is required"));
}

TEST_F(CommandLineTest, AStreamThatIsLostIsOpenedAgainAndNothingIsMissing) {
  service_.LoseStreams(2);
  EXPECT_EQ(Run({"send"}, "{\"id\": \"a\", \"type\": \"a.b\"}\n{\"id\": \"b\", \"type\": \"a.b\"}\n"), 0) << err_.str();
  EXPECT_EQ(service_.taken().size(), 2u);
}

TEST_F(CommandLineTest, ARepeatedImportKeepsItsIdsAndItsBase) {
  const std::string mapping =
      Write("one.yaml",
            "source: s\ntables: [{name: t, file: t.csv}]\ntouchpoints:\n"
            "- {from: t, type: a.b, id: '{{id}}', names: ['customer:{{id}}'], channel: web, occur_time: at}\n");
  const std::string file = Write("t.csv", "id,at\nx,2017-01-01\ny,2017-01-03\nz,never\n");
  const std::string rejects = ::testing::TempDir() + "/rejects.csv";
  const std::vector<std::string> import = {"import", "--mapping", mapping, file, "--rebase", "now", "--rejects", rejects};
  EXPECT_EQ(Run(import), 1) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("2 touchpoints taken"));
  const auto first = service_.taken();
  EXPECT_EQ(clock::TimeFrom(first.at("y").occur_time()), kNow);
  EXPECT_EQ(clock::TimeFrom(first.at("x").occur_time()), kNow - absl::Hours(48));
  now_ += absl::Hours(5);
  EXPECT_EQ(Run(import), 1);
  for (const auto& [id, touchpoint] : service_.taken())
    EXPECT_EQ(touchpoint.SerializeAsString(), first.at(id).SerializeAsString());
  ASSERT_EQ(service_.ended().size(), 2u);
  EXPECT_EQ(service_.ended()[0], service_.ended()[1]);
  EXPECT_EQ(service_.ended()[0], first.at("x").import_id());
  std::ifstream in(rejects);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("file,line,reason\n"));
  EXPECT_THAT(text, HasSubstr(",4,\"column at is no time as %Y-%m-%d %H:%M:%S, %Y-%m-%d, RFC 3339\""));
}

TEST_F(CommandLineTest, AFileForRejectsIsTriedBeforeAnythingIsSent) {
  const std::string mapping =
      Write("rejecting.yaml",
            "source: s\ntables: [{name: t, file: t.csv}]\ntouchpoints:\n"
            "- {from: t, type: a.b, id: '{{id}}', names: ['customer:{{id}}'], channel: web, occur_time: at}\n");
  const std::string file = Write("t.csv", "id,at\nx,2017-01-01\n");
  EXPECT_EQ(Run({"import", "--mapping", mapping, file, "--rejects", "/nowhere/rejects.csv"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--rejects: '/nowhere/rejects.csv' cannot be written: No such file or directory"));
  EXPECT_THAT(service_.taken(), IsEmpty());
  const std::string rejects = ::testing::TempDir() + "/unused.csv";
  EXPECT_EQ(Run({"import", "--mapping", mapping, file, "--rejects", rejects}), 0) << err_.str();
  EXPECT_FALSE(std::ifstream(rejects).is_open()) << "nothing was rejected";
}

TEST_F(CommandLineTest, CelShowsValuesAndWhereAnExpressionIsWrong) {
  EXPECT_EQ(Run({"cel", "eval", "1 + 2 == 3"}, "", false), 0);
  EXPECT_EQ(out_.str(), "true\n");
  EXPECT_EQ(Run({"cel", "eval", "touchpoint.chanel == 1"}, "", false), 2);
  EXPECT_THAT(err_.str(), HasSubstr("'channel'"));
  EXPECT_THAT(err_.str(), HasSubstr("^"));
}

}  // namespace
}  // namespace touchstone::cli
