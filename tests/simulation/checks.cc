#include "tests/simulation/checks.h"

namespace touchstone::simulation {

const std::vector<CheckInfo>& AllChecks() {
  static const auto& all = *new std::vector<CheckInfo>{
      {"acknowledged-stays", "runtime.md 1", "what a client was told is written lies where it was told, from then on"},
      {"seen-stays", "runtime.md 1", "what a reader outside has seen of a topic is what lies there in the end"},
      {"answer-stays", "runtime.md 1", "a read shows the write that it waits for, and what it answered is never taken back"},
      {"positions-go-on", "runtime.md 2",
       "a task's position in an input never goes back, and passes over nothing that is not there"},
      {"cause-in-commit", "runtime.md 2", "an output's cause is a record that the same commit moves past for the first time"},
      {"probe-counts", "runtime.md 2", "a counter of each key counts every record of its input once"},
      {"timer-once", "runtime.md 2", "a timer fires once for each time that it was set and not cancelled"},
      {"probe-order", "runtime.md 3", "a chain over each key's records is the chain over its input in log order"},
      {"versions-rise", "runtime.md 3", "changes of an escalation, and notices of an agent, count up one by one"},
      {"preferences-follow", "runtime.md 3", "preferences are those that the inbox, folded in log order, gives"},
      {"poison-buried", "runtime.md 4",
       "the commit that moves past an unreadable record holds its dead letter, and no readable one has any"},
      {"inbox-stops", "runtime.md 4", "a task stops with an alarm before an unreadable record of its inbox"},
      {"nothing-stands-still", "runtime.md 4", "at rest no task stands still and none has anything left to read"},
      {"record-once", "runtime.md 5", "no id of a record that a task wrote is there twice"},
      {"answer-before-deadline", "task time", "no deadline fires whose answer was appended in time"},
      {"timer-not-early", "task time", "no deadline fires before its time"},
      {"task-time-rises", "task time", "a task's clock never goes back"},
      {"same-input-same-decisions", "routing.md 6", "an undisturbed run over the committed input writes the same records"},
      {"one-open-escalation", "routing.md 2", "a customer has at most one open escalation"},
      {"one-open-offer", "routing.md 1", "an escalation has at most one open offer, and none while somebody owns it"},
      {"one-owner", "routing.md 1", "an escalation has at most one owner"},
      {"owner-accepted", "routing.md 1", "an escalation goes only to who accepted its last offer"},
      {"moment-has-escalation", "routing.md 2", "every moment that calls for a person is in an escalation"},
      {"none-stranded", "routing.md 2", "at rest, with agents who do their work, no escalation is open"},
      {"offer-ends-once", "routing.md 3", "each offer ends once, and is told of no more after its end"},
      {"accept-counts", "routing.md 3", "an offer accepted, by its session and in time, before anything ended it is accepted"},
      {"capacity-kept", "routing.md 4", "units in use never pass an agent's capacity"},
      {"units-add-up", "routing.md 4", "what a session says is in use and held is what its notices add up to"},
      {"offered-while-there", "routing.md 1", "work is offered only to who is connected and available, at their present session"},
      {"no-idle-match", "routing.md 5", "at rest no free eligible agent stands beside a waiting escalation"},
      {"best-choice", "routing.md 5", "what is offered is the first in line of what its agent could take"},
      {"no-send-after-withdrawal", "outreach.md", "nothing is requested after a committed withdrawal or suppression"},
      {"no-send-without-consent", "outreach.md", "no marketing without consent on record"},
      {"no-send-in-quiet-hours", "outreach.md", "nothing is requested in quiet hours of any zone that may be the recipient's"},
      {"no-send-expired", "outreach.md", "nothing is requested past its expiry"},
      {"caps-kept", "outreach.md", "no cap of an address or a subject is passed"},
      {"sent-once", "outreach.md", "one request a send key"},
      {"one-key-a-step", "outreach.md", "one send key for one step of a play and a moment"},
      {"outreach-decided", "outreach.md", "at rest, past all expiries, every outreach is decided"},
      {"moments-add-up", "journey.md",
       "found, changed and withdrawn follow each other: none found twice, none changed that is not there"},
      {"moments-as-undisturbed", "journey.md", "the moments told add up to those of an undisturbed run, to the byte"},
      {"moments-as-naive", "journey.md", "the moments told add up to those of a naive fold"},
      {"strikes-as-naive", "journey.md", "a journey's strikes are those of a naive fold"},
      {"crossing-counts", "journey.md",
       "a crossing is told where the ledger stands at its level, and not again before it fell below"},
  };
  static_assert(kCheckCount == 44);
  return all;
}

}  // namespace touchstone::simulation
