// The soak: see ../README.md, and ../soak, which builds and runs it.

#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/soak.d/soak.h"

namespace touchstone::e2e {
namespace {

constexpr int kFailed = 1;
constexpr int kRefused = 2;

int Refuse(const std::string& what) {
  std::fprintf(stderr, "soak: %s\n  What to do: tests/e2e/soak --help\n", what.c_str());
  return kRefused;
}

// False: what was typed is no option, or no number.
bool Read(const std::string& option, const std::string& value, SoakOptions& options) {
  if (option == "--touchpoints")
    return absl::SimpleAtoi(value, &options.touchpoints) && options.touchpoints >= kTouchpointsPerCustomer;
  if (option == "--kills") return absl::SimpleAtoi(value, &options.kills) && options.kills >= 8;
  if (option == "--brokers") return absl::SimpleAtoi(value, &options.brokers) && (options.brokers == 1 || options.brokers == 3);
  if (option == "--broker-kills") return absl::SimpleAtoi(value, &options.broker_kills) && options.broker_kills >= 2;
  if (option == "--seed") return absl::SimpleAtoi(value, &options.seed);
  if (option == "--rate") return absl::SimpleAtod(value, &options.rate) && options.rate > 0;
  if (option == "--folder") options.folder = std::filesystem::absolute(value);
  return option == "--folder";
}

void Show(const Findings& findings) {
  for (const auto& [kind, found] : findings.kinds()) {
    std::printf("WRONG  %s: %lld\n", kind.c_str(), static_cast<long long>(found.count));
    for (const std::string& example : found.examples) std::printf("       %s\n", example.c_str());
  }
}

// What a good run leaves is what its processes said.
void RemoveData(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename() == "calm" || entry.path().filename() == "soak")
      std::filesystem::remove_all(entry.path(), ignored);
    if (entry.path().filename().string().rfind("broker-", 0) == 0) std::filesystem::remove_all(entry.path() / "data", ignored);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/s", ignored)) {
    if (entry.is_directory()) std::filesystem::remove_all(entry.path(), ignored);
  }
}

int Main(const SoakOptions& options) {
  std::filesystem::remove_all(options.folder);
  std::filesystem::create_directories(options.folder);
  Soak soak(options);
  const absl::Status run = soak.Run();
  if (!run.ok()) {
    std::printf("\nThe run did not come to its end: %s\nWhat everybody said, and the data, is in %s\n",
                std::string(run.message()).c_str(), options.folder.c_str());
    return kFailed;
  }
  std::printf("the same touchpoints once more, undisturbed\n");
  Outcome expected(soak.traffic());
  const absl::Status calm = RunUndisturbed(soak.traffic(), options.folder, soak.secret(), expected);
  if (!calm.ok()) {
    std::printf("\nThe undisturbed run failed: %s\n", std::string(calm.message()).c_str());
    return kFailed;
  }
  CompareOutcomes(expected, soak.outcome(), soak.findings());
  std::printf("\nsoak, seed %llu, %d broker(s)\n%s", static_cast<unsigned long long>(options.seed), options.brokers,
              TableOf(soak.tally(), soak.gap(), soak.outcome(), soak.findings(), options.brokers > 1).c_str());
  Show(soak.findings());
  if (soak.findings().none()) {
    std::printf("Nothing is missing, nothing is double, nothing differs from the undisturbed run or from the naive journey.\n");
    RemoveData(options.folder);
    return 0;
  }
  std::printf("What everybody said, and the data, is in %s\n", options.folder.c_str());
  return kFailed;
}

}  // namespace
}  // namespace touchstone::e2e

int main(int argc, char** argv) {
  touchstone::e2e::SoakOptions options;
  options.folder = std::filesystem::absolute("build/soak");
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return touchstone::e2e::Refuse(absl::StrCat(argv[i], " wants a value"));
    if (!touchstone::e2e::Read(argv[i], argv[i + 1], options))
      return touchstone::e2e::Refuse(absl::StrCat("'", argv[i], " ", argv[i + 1], "' is no option, or out of its bounds"));
  }
  return touchstone::e2e::Main(options);
}
