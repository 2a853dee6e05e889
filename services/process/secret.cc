#include "services/process/secret.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/config/file_text.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::process {
namespace {

// Far more than its digits with the line end that an editor adds.
constexpr size_t kSecretFileBytesMax = 4096;

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat("secret file '", path, "': ", what, ": ", std::strerror(errno)));
}

// Writes the whole file under another name first, so that a crash leaves none or all of it.
absl::Status WriteDurably(const std::string& path, const std::string& text) {
  const std::string draft = absl::StrCat(path, ".new");
  const int file = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Failed("cannot be made", path);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  close(file);
  if (!written || rename(draft.c_str(), path.c_str()) != 0) return Failed("cannot be written", path);
  const size_t slash = path.rfind('/');
  const int folder =
      open(slash == std::string::npos ? "." : path.substr(0, slash + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  absl::Status status;
  if (folder < 0 || fsync(folder) != 0) status = Failed("its folder cannot be synced", path);
  if (folder >= 0) close(folder);
  return status;
}

// When somebody stops waiting, by Clock::Monotonic.
class Deadline {
 public:
  Deadline(const clock::Clock& clock, absl::Duration timeout) : clock_(clock), at_(clock.Monotonic() + timeout) {}
  absl::Duration left() const { return at_ - clock_.Monotonic(); }

 private:
  const clock::Clock& clock_;
  const absl::Duration at_;
};

// The first fingerprint stated so far.
absl::StatusOr<std::optional<std::string>> StatedFingerprint(eventlog::EventLog& log, const Deadline& deadline) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, log.EndOffsets(topics::kControl));
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topics::kControl, {eventlog::TailStart::From::kBegin, {}}));
  uint64_t seen = log.tail_changes().version();
  while (tail->next_offsets().front() < ends.front()) {
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail->Read(1000));
    for (const eventlog::TailRecord& record : records) {
      events::v1::ControlRecord control;
      if (control.ParseFromString(record.record.value) && control.has_secret_stated())
        return control.secret_stated().fingerprint();
    }
    if (!records.empty()) continue;
    if (deadline.left() <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError("the log did not tell in time with which secret it was written");
    }
    seen = log.tail_changes().WaitPast(seen, std::min(deadline.left(), absl::Milliseconds(100)));
  }
  return std::optional<std::string>();
}

absl::Status StateFingerprint(const std::string& fingerprint, eventlog::EventLog& log, const Deadline& deadline) {
  events::v1::ControlRecord control;
  control.mutable_secret_stated()->set_fingerprint(fingerprint);
  const std::string key = absl::StrCat("secret/", fingerprint);
  auto stated = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> future = stated->get_future();
  log.Append(
      {{topics::kControl, key, key, control.SerializeAsString(), std::nullopt}},
      [stated](const absl::StatusOr<std::vector<eventlog::Position>>& positions) { stated->set_value(positions.status()); });
  if (future.wait_for(absl::ToChronoMilliseconds(deadline.left())) != std::future_status::ready) {
    return absl::DeadlineExceededError("the log did not take the secret's fingerprint in time");
  }
  absl::Status status = future.get();
  if (!absl::IsResourceExhausted(status)) return status;
  return absl::ResourceExhaustedError(absl::StrCat("nothing was ever written here, and the first start must write: ",
                                                   status.message(), ". Make room there, or choose a folder of another disk"));
}

}  // namespace

absl::StatusOr<names::NameSecret> ReadSecret(const std::string& path) {
  struct stat about = {};
  if (stat(path.c_str(), &about) != 0) {
    if (errno == ENOENT)
      return absl::NotFoundError(absl::StrCat("secret file '", path,
                                              "' is not there: all processes of a deployment share one; make it once with "
                                              "(umask 077; openssl rand -hex 32 > '",
                                              path, "')"));
    return Failed("cannot be read", path);
  }
  if ((about.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("secret file '", path, "' may be read by others than its owner: chmod 600 it"));
  }
  const absl::StatusOr<std::string> text = config::ReadFileText(path, kSecretFileBytesMax);
  if (!text.ok()) return absl::Status(text.status().code(), absl::StrCat("secret file ", text.status().message()));
  absl::StatusOr<names::NameSecret> secret = names::NameSecret::FromHex(*text);
  if (!secret.ok()) return absl::InvalidArgumentError(absl::StrCat("secret file '", path, "': ", secret.status().message()));
  return secret;
}

absl::StatusOr<names::NameSecret> ReadOrMakeSecret(const std::string& path) {
  absl::StatusOr<names::NameSecret> secret = ReadSecret(path);
  if (!absl::IsNotFound(secret.status())) return secret;
  std::string bytes(names::NameSecret::kBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
    return absl::UnavailableError("the machine gives no random numbers for a secret");
  }
  ASSIGN_OR_RETURN(const names::NameSecret made, names::NameSecret::FromBytes(bytes));
  RETURN_IF_ERROR(WriteDurably(path, absl::StrCat(made.ToHex(), "\n")));
  return made;
}

absl::Status AgreeOnSecret(const names::NameSecret& secret, eventlog::EventLog& log, const clock::Clock& clock,
                           absl::Duration timeout) {
  const Deadline deadline(clock, timeout);
  const std::string mine = secret.Fingerprint();
  ASSIGN_OR_RETURN(std::optional<std::string> stated, StatedFingerprint(log, deadline));
  if (!stated.has_value()) {
    RETURN_IF_ERROR(StateFingerprint(mine, log, deadline));
    // Another process may have been faster: what lies first holds.
    ASSIGN_OR_RETURN(stated, StatedFingerprint(log, deadline));
  }
  if (stated == mine) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the secret behind name keys has fingerprint ", mine,
                                                    ", but this log was written with ", stated.value_or("none"),
                                                    ": use the secret file of the deployment"));
}

}  // namespace touchstone::process
