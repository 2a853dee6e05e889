#!/usr/bin/env python3
"""Shows the example customers of a pack live, each wonder by name as it happens, and fails where one does not happen.

    story.py TOUCHSTONE ADDRESS FOLDER

TOUCHSTONE is the built command, ADDRESS where the suite serves, FOLDER where logs of what runs beside it go.
"""

import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import threading
import time

WITHIN_S = 40          # for each of the things that must be seen
BOLD, DIM, RED, GREEN, YELLOW, END = (("\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[0m")
                                      if sys.stdout.isatty() else ("",) * 6)
INKS = {"POLARITY_DELIGHT": GREEN, "POLARITY_DISAPPOINTMENT": RED}

STAGES = ["discovery", "consideration", "purchase", "experience", "loyalty", "recommendation"]
KINDS = {
    "LESS_THAN_ZERO": "less than zero", "ZERO": "zero", "FIRST": "first", "SECOND": "second", "INTERIM": "interim",
    "THIRD": "third", "ULTIMATE": "ultimate",
}
# Who shows what; all of them stand in deploy/packs/retail/examples.
ALL_STAGES, ALL_KINDS, THIRD_STRIKE, NIGHT, CART = "yara", "zeno", "tara", "xenia", "carla"


class Suite:
    def __init__(self, command, address, folder):
        self.command, self.address, self.folder = command, address, folder
        self.facts = queue.Queue()
        self.children = []

    def run(self, *words, stdin=None, remote=True):
        where = ["--address", self.address] if remote else []
        # Into a pipe the command writes lines of any length: here they are shown below "  ".
        width = {"COLUMNS": str(shutil.get_terminal_size((100, 24)).columns - 2)}
        done = subprocess.run([self.command, *words, *where], input=stdin, capture_output=True, text=True, check=False,
                              env={**os.environ, **width})
        if done.returncode != 0:
            fail(f"touchstone {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def beside(self, name, *words):
        log = open(self.folder / f"{name}.log", "w")
        child = subprocess.Popen([self.command, *words, "--address", self.address], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=log, text=True)
        self.children.append(child)
        return child

    def follow(self, source, *words):
        """Every line of JSON that a watch prints becomes a fact."""
        child = self.beside(source, *words, "--json")

        def read():
            for line in child.stdout:
                self.facts.put((source, json.loads(line)))

        threading.Thread(target=read, daemon=True).start()

    def stop(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait()


def say(text=""):
    print(text, flush=True)


def chapter(text):
    say(f"\n{BOLD}{text}{END}")


def fail(text):
    print(f"\ndemo: {text}", file=sys.stderr)
    print("  What to do: read the logs in var/demo", file=sys.stderr)
    sys.exit(1)


def who(subject):
    return subject.removeprefix("customer:")


class Story:
    """What was seen so far, told as it comes."""

    def __init__(self, suite):
        self.suite = suite
        self.kinds, self.stages = {}, {}
        self.moments, self.escalations, self.outreaches = {}, {}, {}
        self.crossing = None
        self.untold, self.telling = [], False   # lines about moments: nothing is told before its chapter

    def await_(self, what, condition):
        deadline = time.monotonic() + WITHIN_S
        while not condition():
            try:
                self.take(*self.suite.facts.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                fail(f"not seen within {WITHIN_S} s: {what}")

    def take(self, source, fact):
        getattr(self, "take_" + source)(fact)

    def take_moments(self, event):
        name = who(event["subject"])
        for change in ("moment_found", "moment_changed", "moment_moved_in"):
            if change in event:
                self.moments[event[change]["moment"]["id"]] = (name, event[change]["moment"])
                self.tell_moment(name, event[change]["moment"])
        if "moment_withdrawn" in event:
            self.moments.pop(event["moment_withdrawn"]["moment"]["id"], None)
        if "stage_changed" in event:
            stage = event["stage_changed"]["to_stage"].removeprefix("STAGE_").lower()
            self.stages.setdefault(name, set()).add(stage)
        if "strike_crossing" in event and event["strike_crossing"]["strikes"] == 3 and name == THIRD_STRIKE:
            self.crossing = event["strike_crossing"]

    def tell_moment(self, name, moment):
        kind = moment["kind"].removeprefix("MOMENT_KIND_")
        first = kind not in self.kinds.setdefault(name, set())
        self.kinds[name].add(kind)
        if name == ALL_KINDS and first:
            self.untold.append(f"  {INKS.get(moment['polarity'], '')}◆ {KINDS[kind]:<15}{END}{name} {moment['says']}")
            self.tell()

    def tell(self):
        while self.telling and self.untold:
            say(self.untold.pop(0))

    def take_escalations(self, escalation):
        name = who(escalation["subject"])
        self.escalations.setdefault(name, []).append(escalation)

    def take_outreach(self, outreach):
        name = who(outreach["subject"])
        self.outreaches.setdefault(name, []).append(outreach)

    # --- the chapters ---

    def show_stages(self):
        chapter("All six stages, in one journey")
        self.await_(f"{ALL_STAGES} in all six stages", lambda: self.stages.get(ALL_STAGES, set()) >= set(STAGES))
        say(f"  {ALL_STAGES}: " + " ─▶ ".join(STAGES))

    def show_kinds(self):
        chapter("All seven kinds of moment of truth, in another")
        self.telling = True
        self.tell()
        self.await_(f"all seven kinds for {ALL_KINDS}", lambda: self.kinds.get(ALL_KINDS, set()) >= set(KINDS))

    def show_third_strike(self):
        chapter("The third strike, the loudest event there is")
        self.await_(f"the third strike of {THIRD_STRIKE}", lambda: self.crossing)
        say(f"  {RED}▲ {THIRD_STRIKE} stands at three strikes{END}; the last was {self.crossing['strike']['rule']}")

    def show_desk(self):
        chapter("An agent's desktop takes it, and solves it")
        wanted = ["QUEUED", "OFFERED", "ASSIGNED", "RESOLVED"]

        def statuses():
            return [change["status"].removeprefix("ESCALATION_STATUS_") for change in self.escalations.get(THIRD_STRIKE, [])]

        self.await_(f"{THIRD_STRIKE}'s escalation offered, taken and resolved", lambda: set(wanted) <= set(statuses()))
        for change in self.escalations[THIRD_STRIKE]:
            say(f"  {YELLOW}{change['status'].removeprefix('ESCALATION_STATUS_').lower():<10}{END}{change.get('change', '')}"
                f"  {DIM}severity {change['severity']}{END}")

    def show_outreach(self):
        chapter("What is written, and what waits for the morning")

        def sent():
            return next((o for o in self.outreaches.get(CART, []) if o["status"] == "OUTREACH_STATUS_REQUESTED"), None)

        def held():
            return next((o for o in self.outreaches.get(NIGHT, []) if any(
                check["check"] == "QUIET_HOURS" and check["result"] == "CHECK_RESULT_HELD"
                for check in o.get("checks", []))), None)

        self.await_(f"an outreach to {CART} sent", sent)
        say(f"  {GREEN}sent{END}  {CART}, who left a cart: {sent()['play']}, by {sent()['channel'].removeprefix('CHANNEL_').lower()}")
        self.await_(f"an outreach to {NIGHT} held by quiet hours", held)
        saw = next(check["saw"] for check in held()["checks"] if check["check"] == "QUIET_HOURS")
        say(f"  {YELLOW}held{END}  {NIGHT}, whose parcel is late: {held()['play']}, because {saw}")

    def show_map(self):
        chapter(f"The map of {ALL_KINDS}'s journey     touchstone journey customer:{ALL_KINDS}")
        text = self.suite.run("journey", f"customer:{ALL_KINDS}")
        say("\n".join("  " + line for line in text.splitlines()))

    def show_why(self):
        moment = next((moment for name, moment in self.moments.values()
                       if name == THIRD_STRIKE and moment["rule"] == "interim.repeat-contact"), None)
        if moment is None:
            fail(f"{THIRD_STRIKE} has no moment of interim.repeat-contact")
        chapter(f"Why is that a moment of truth?     touchstone explain '{moment['id']}'")
        text = self.suite.run("explain", moment["id"])
        say("\n".join("  " + line for line in text.splitlines()))


def quiet_now():
    """Quiet hours that began an hour ago and end in two, by UTC."""
    minute = int(time.time() // 60) % 1440

    def clock(at):
        return f"{at % 1440 // 60:02}:{at % 60:02}"

    return f"{clock(minute - 60)}-{clock(minute + 120)}"


def prefer(suite):
    suite.run("preferences", "set", f"email:{NIGHT}@example.com", "--zone", "UTC", "--quiet", quiet_now())
    suite.run("preferences", "set", f"email:{CART}@example.com", "--zone", "UTC", "--quiet", "00:00-00:00", "--grant",
              "marketing")


def main():
    command, address, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    suite = Suite(command, address, folder)
    try:
        prefer(suite)
        suite.follow("moments", "moments", "--follow", "--from-begin")
        suite.follow("escalations", "escalations", "watch", "--from-begin")
        suite.follow("outreach", "outreach", "watch", "--from-begin")
        suite.beside("desktop", "desktop", "--agent", "ana", "--skills", "delivery,retention", "--capacity", "10", "--auto")
        touchpoints = suite.run("examples", remote=False)
        customers = {json.loads(line)["names"][0]["value"] for line in touchpoints.splitlines()}
        taken = suite.run("send", stdin=touchpoints).strip()
        say(f"{len(customers)} customers, written for this: {taken}.")
        story = Story(suite)
        for show in (story.show_stages, story.show_kinds, story.show_third_strike, story.show_desk, story.show_outreach,
                     story.show_map, story.show_why):
            show()
    finally:
        suite.stop()


if __name__ == "__main__":
    main()
