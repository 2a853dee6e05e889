#include "tests/simulation/world.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/seeded_faults.h"
#include "common/eventlog/topics_manifest.h"
#include "common/ids/hash.h"
#include "common/names/name_key.h"
#include "common/stream/topics.h"
#include "services/classification/pack_examples.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/journey_driver.h"
#include "tests/simulation/bots.h"
#include "tests/simulation/outbox.h"
#include "tests/simulation/suite_process.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::simulation {
namespace {

namespace events = touchstone::events::v1;

constexpr int kPartitions = 2;
// Of each fault point, in ten thousandths.
constexpr int kFaultChance = 30;
constexpr char kPool[] = "service-desk";
// A Monday noon in UTC.
const absl::Time kPresent = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone());

const std::vector<classification::Example>& Examples() {
  static const auto& examples =
      *new std::vector<classification::Example>(*classification::LoadExamples("deploy/packs/retail/examples"));
  return examples;
}

const names::NameSecret& Secret() {
  static const auto& secret = *new names::NameSecret(*names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, 's')));
  return secret;
}

class World {
 public:
  explicit World(const WorldOptions& options)
      : options_(options),
        chance_(options.seed),
        clock_(kPresent - absl::Hours(24 * 21)),
        storage_(eventlog::MakeMemoryStorage(Catalog(), options.durability)),
        process_(storage_, "suite", clock_, &chance_, options.make_tasks ? options.make_tasks() : SuiteTasks()),
        agents_{{"ana", {"delivery", "retention"}, kPool}, {"bo", {}, kPool}} {}

  WorldOutcome Run() {
    Arrivals();
    chance_.SetAll(kFaultChance);
    for (Arrival& arrival : arrivals_) {
      PassUntil(arrival.time);
      outbox_.Put(topics::kTouchpoints, arrival.key, arrival.touchpoint.id(), arrival.touchpoint.SerializeAsString());
      for (int64_t k = chance_.Choose(4); k > 0; --k) Step();
    }
    for (int k = 0; k < 50; ++k) PassUntil(clock_.Now() + absl::Seconds(chance_.Choose(60)));
    ComeToRest();
    Check();
    outcome_.restarts = process_.restart_count();
    outcome_.customers = customers_;
    for (int point = 0; point < eventlog::kFaultPointCount; ++point)
      outcome_.fault_hits.push_back(chance_.hits(static_cast<eventlog::FaultPoint>(point)));
    return std::move(outcome_);
  }

 private:
  struct Arrival {
    absl::Time time;
    std::string key;
    events::Touchpoint touchpoint;
  };

  static eventlog::TopicCatalog Catalog() {
    return eventlog::ReadTopicsManifest("deploy/topics.yaml")->catalog.WithPartitions(kPartitions);
  }

  // Who takes part, and when their touchpoints arrive: most as they happen, some late, some twice.
  void Arrivals() {
    for (int i = 0; i < options_.customers; ++i) {
      const classification::Example& example = Examples()[chance_.Choose(static_cast<int64_t>(Examples().size()))];
      if (!customers_.insert(example.customer).second) continue;
      for (events::Touchpoint& touchpoint : classification::PlacedAt(example, kPresent)) {
        for (events::Name& name : *touchpoint.mutable_names()) name = *names::KeyedName(Secret(), name);
        const absl::Time happened = clock::TimeFrom(touchpoint.occur_time());
        const absl::Duration late =
            chance_.Choose(3) == 0 ? absl::Minutes(chance_.Choose(3000)) : absl::Seconds(chance_.Choose(5));
        const std::string key = names::PrimaryName(touchpoint.names())->key();
        if (chance_.Choose(6) == 0) arrivals_.push_back({happened + late + absl::Minutes(chance_.Choose(2000)), key, touchpoint});
        arrivals_.push_back({happened + late, key, std::move(touchpoint)});
      }
    }
    std::stable_sort(arrivals_.begin(), arrivals_.end(), [](const Arrival& a, const Arrival& b) { return a.time < b.time; });
  }

  void Step() {
    switch (chance_.Choose(5)) {
      case 0:
        process_.Sync();
        break;
      case 1:
        for (DesktopBot& agent : agents_) agent.Step(process_.log(), clock_, chance_, outbox_);
        break;
      case 2:
        sender_.Step(process_.log(), clock_, chance_, outbox_);
        RenewLease();
        break;
      default:
        process_.Step();
    }
    outbox_.Flush(process_.log(), process_.restart_count());
  }

  // An instance that lives says so.
  void RenewLease() {
    if (clock_.Now() < next_lease_) return;
    next_lease_ = clock_.Now() + absl::Seconds(5);
    events::DispatchMessage message;
    message.set_pool(kPool);
    message.mutable_lease()->set_instance("bots");
    *message.mutable_lease()->mutable_expire_time() = clock::ToProto(clock_.Now() + absl::Seconds(15));
    outbox_.Put(topics::kDispatch, kPool, absl::StrCat("lease-", ++lease_count_), message.SerializeAsString());
  }

  // Time passes in steps, some of them long: an outage.
  void PassUntil(absl::Time time) {
    for (int k = 0; k < 6 && clock_.Now() < time; ++k) {
      Step();
      clock_.AdvanceTo(std::min(time, clock_.Now() + absl::Seconds(chance_.Choose(30))));
    }
    if (clock_.Now() < time) clock_.AdvanceTo(time);
    Step();
  }

  void ComeToRest() {
    chance_.Calm();
    for (DesktopBot& agent : agents_) agent.Behave();
    for (int k = 0; k < 120; ++k) {
      RenewLease();
      // Nobody dawdles: what is said is answered before time passes.
      do {
        process_.Settle();
        sender_.Step(process_.log(), clock_, chance_, outbox_);
        for (DesktopBot& agent : agents_) agent.Step(process_.log(), clock_, chance_, outbox_);
        outbox_.Flush(process_.log(), process_.restart_count());
        process_.Settle();
        outbox_.Flush(process_.log(), process_.restart_count());
      } while (!outbox_.empty() || !Heard());
      clock_.AdvanceTo(clock_.Now() + absl::Seconds(10));
    }
    process_.Settle();
  }

  // Everybody has read what was said to them.
  bool Heard() {
    return sender_.Heard(process_.log()) &&
           std::all_of(agents_.begin(), agents_.end(), [&](DesktopBot& agent) { return agent.Heard(process_.log()); });
  }

  void Wrong(Check check, std::string what) { outcome_.violations.push_back({check, std::move(what), "", 0}); }

  void Check() {
    for (const std::string& stopped : process_.Stopped()) Wrong(Check::kNothingStandsStill, stopped);
    if (!outbox_.empty()) Flush();
    CheckRecords();
    CheckMoments();
    CheckEscalations();
    CheckOffers();
    CheckSends();
  }

  void Flush() {
    outbox_.Flush(process_.log(), process_.restart_count());
    if (!outbox_.empty()) Wrong(Check::kNothingStandsStill, "a client was never answered");
  }

  // No record twice but what clients sent again; and a hash of all.
  void CheckRecords() {
    const eventlog::TopicCatalog catalog = Catalog();
    for (const eventlog::TopicSpec& topic : catalog.topics()) {
      std::set<std::string> ids;
      const std::vector<eventlog::TailRecord> records = TopicReader(topic.name).ReadOn(process_.log());
      for (const eventlog::TailRecord& record : records) {
        outcome_.trace =
            ids::StableHash64(absl::StrCat(outcome_.trace, topic.name, record.partition, record.record.key, record.record.id,
                                           record.record.value, absl::ToUnixNanos(record.record.append_time)));
        const bool by_client = record.record.id.starts_with(kClientPrefix);
        if (!ids.insert(record.record.id).second && !by_client)
          Wrong(Check::kRecordOnce, absl::StrCat(topic.name, ": record ", record.record.id, " is there twice"));
      }
    }
  }

  // What was told, added up, is what an undisturbed run finds in the same touchpoints.
  void CheckMoments() {
    std::map<std::string, std::string> told;
    for (const events::JourneyEvent& event : Everything<events::JourneyEvent>(process_.log(), topics::kJourneyEvents)) {
      if (event.has_moment_found()) {
        const events::MomentOfTruth& moment = event.moment_found().moment();
        if (!told.emplace(moment.id(), moment.SerializeAsString()).second)
          Wrong(Check::kMomentsAddUp, absl::StrCat(moment.id(), " was found twice"));
      } else if (event.has_moment_changed()) {
        if (!told.contains(event.moment_changed().moment().id()))
          Wrong(Check::kMomentsAddUp, "a moment changed that was not there");
        told[event.moment_changed().moment().id()] = event.moment_changed().moment().SerializeAsString();
      } else if (event.has_moment_withdrawn()) {
        if (told.erase(event.moment_withdrawn().moment().id()) == 0)
          Wrong(Check::kMomentsAddUp, "a moment was withdrawn that was not there");
      }
    }
    std::map<std::string, std::string> undisturbed;
    classification::JourneyDriver driver(*classification::LoadPack("deploy/packs/retail"));
    std::set<std::string> subjects;
    driver.AdvanceTo(clock_.Now());
    for (const events::Touchpoint& touchpoint : Everything<events::Touchpoint>(process_.log(), topics::kTouchpoints)) {
      subjects.insert(names::PrimaryName(touchpoint.names())->key());
      driver.Arrive(touchpoint);
    }
    driver.AdvanceTo(clock_.Now());
    for (const std::string& subject : subjects) {
      for (const events::MomentOfTruth& moment : driver.MomentsOf(subject)) undisturbed[moment.id()] = moment.SerializeAsString();
    }
    outcome_.moments = static_cast<int64_t>(told.size());
    for (const auto& [id, moment] : undisturbed) {
      if (!told.contains(id)) {
        Wrong(Check::kMomentsAsUndisturbed, absl::StrCat("missing: ", id));
      } else if (told[id] != moment) {
        Wrong(Check::kMomentsAsUndisturbed, absl::StrCat("differs: ", id));
      }
    }
    for (const auto& [id, moment] : told) {
      if (!undisturbed.contains(id)) Wrong(Check::kMomentsAsUndisturbed, absl::StrCat("false: ", id));
    }
  }

  static bool IsOpen(const events::Escalation& escalation) {
    return escalation.status() != events::ESCALATION_STATUS_RESOLVED &&
           escalation.status() != events::ESCALATION_STATUS_CANCELLED;
  }

  void CheckEscalations() {
    std::map<std::string, events::Escalation> latest;
    std::map<std::string, std::string> open;
    for (const events::Escalation& escalation : Everything<events::Escalation>(process_.log(), topics::kEscalations)) {
      auto before = latest.find(escalation.id());
      if (before != latest.end()) {
        if (!IsOpen(before->second) && IsOpen(escalation))
          Wrong(Check::kOneOpenEscalation, absl::StrCat(escalation.id(), " opened again"));
        if (escalation.version() <= before->second.version())
          Wrong(Check::kVersionsRise, absl::StrCat(escalation.id(), " went back a version"));
      }
      latest[escalation.id()] = escalation;
      std::string& open_id = open[escalation.subject()];
      if (IsOpen(escalation)) {
        if (!open_id.empty() && open_id != escalation.id())
          Wrong(Check::kOneOpenEscalation, absl::StrCat(escalation.subject(), " has two open escalations"));
        open_id = escalation.id();
      } else if (open_id == escalation.id()) {
        open_id.clear();
      }
    }
    outcome_.escalations = static_cast<int64_t>(latest.size());
    for (const auto& [id, escalation] : latest) {
      if (IsOpen(escalation)) Wrong(Check::kNoneStranded, absl::StrCat(id, " is stranded: ", escalation.change()));
    }
  }

  void CheckOffers() {
    std::map<std::string, std::set<int>> ends;
    for (const events::DesktopNotice& notice : Everything<events::DesktopNotice>(process_.log(), topics::kOffers)) {
      if (!notice.has_offer()) continue;
      std::set<int>& end = ends[notice.offer().id()];
      if (notice.offer().status() >= events::OFFER_STATUS_ACCEPTED) end.insert(notice.offer().status());
    }
    for (const auto& [id, end] : ends) {
      if (end.size() != 1) Wrong(Check::kOfferEndsOnce, absl::StrCat("offer ", id, " ended in ", end.size(), " ways"));
    }
  }

  void CheckSends() {
    std::set<std::string> keys;
    for (const events::OutreachRequest& request :
         Everything<events::OutreachRequest>(process_.log(), topics::kOutreachRequests)) {
      if (!keys.insert(request.send_key()).second) Wrong(Check::kSentOnce, absl::StrCat("sent twice: ", request.send_key()));
    }
    outcome_.sends = static_cast<int64_t>(keys.size());
  }

  const WorldOptions options_;
  eventlog::SeededFaults chance_;
  clock::VirtualClock clock_;
  const std::shared_ptr<eventlog::MemoryStorage> storage_;
  SuiteProcess process_;
  Outbox outbox_;
  std::vector<DesktopBot> agents_;
  SenderBot sender_;
  std::set<std::string> customers_;
  std::vector<Arrival> arrivals_;
  absl::Time next_lease_ = absl::InfinitePast();
  int lease_count_ = 0;
  WorldOutcome outcome_;
};

}  // namespace

WorldOptions OptionsOf(uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  options.durability = seed % 3 == 0 ? eventlog::Durability::kBroker : eventlog::Durability::kOnSync;
  options.customers = 1 + static_cast<int>(seed % 5);
  return options;
}

const std::vector<std::string>& FaultNames() {
  static const auto& names = *[] {
    auto* all = new std::vector<std::string>;
    for (int point = 0; point < eventlog::kFaultPointCount; ++point)
      all->push_back(NameOf(static_cast<eventlog::FaultPoint>(point)));
    return all;
  }();
  return names;
}

WorldOutcome RunWorld(const WorldOptions& options) { return World(options).Run(); }

}  // namespace touchstone::simulation
