#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/cel/cel.h"
#include "services/outreach/domain/play.h"
#include "services/outreach/policy_source.h"

namespace touchstone::outreach {

// What plays are compiled with: settings and templates of all packs.
struct PlayDefaults {
  absl::Duration act_within = absl::Hours(72);
  std::set<events::v1::OutreachClass> consent_required;
  // By id.
  std::map<std::string, MessageTemplate> templates;
  // The ids of the rules that find moments; empty: they are not known here.
  std::vector<std::string> rules;
};

// Makes plays of what packs state. One thread.
class PlayCompiler {
 public:
  // Fails only by a fault of the program.
  static absl::StatusOr<PlayCompiler> Make(PlayDefaults defaults);

  // The play that stands at plays[index]; what is wrong with it is told to the source, and then it is of no use.
  Play Compile(PolicySource& source, int index);

 private:
  PlayCompiler(cel::Environment environment, PlayDefaults defaults);

  void CompileCondition(PolicySource& source, const std::string& path, const std::string& when, Play& play) const;
  // Conditions that ask for a rule which is none.
  void CheckRules(PolicySource& source, const std::string& path, const cel::Program& condition) const;
  void CompileReentry(PolicySource& source, const std::string& path, const policy::v1::ReentryPolicy& reentry, Play& play) const;
  void CompileSteps(PolicySource& source, const std::string& path, const policy::v1::PlayPolicy& stated, Play& play) const;
  Wait CompileWait(PolicySource& source, const std::string& path, const policy::v1::WaitPolicy& wait) const;
  SendStep CompileSend(PolicySource& source, const std::string& path, const policy::v1::SendPolicy& send) const;

  cel::Environment environment_;
  PlayDefaults defaults_;
  std::set<std::string> ids_;
};

}  // namespace touchstone::outreach
