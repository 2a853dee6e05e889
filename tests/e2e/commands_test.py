"""Every command of `touchstone`, as it is typed: its help, its JSON, its exit codes and what it says when nothing listens."""

import datetime
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from processes import BIN, ROOT, EndToEndTest, until

FAILED, USAGE, UNAVAILABLE, NOT_FOUND = 1, 2, 3, 4
NOBODY = "customer:nobody"
UNKNOWN_ID = NOBODY + "~" + "0" * 26
STORY = [
    ("--type", "order.purchased", "--name", "customer:42", "--name", "email:jo@example.com", "--order", "A",
     "--promise", "delivery=+1h", "--occur-time=-2h", "--channel", "web"),
    ("--type", "complaint.made", "--name", "customer:42", "--topic", "damage", "--order", "A", "--channel", "phone"),
]

# Each command, the words behind it that work, and those that name what is not there or is wrong, with the code they exit with.
# `{moment}` and the like are filled from the suite's own story. A command without words that work needs more than a suite.
LOCAL = {
    "up": (None, [(("--config", "/nowhere.yaml"), USAGE), (("--listen", "foo"), USAGE), (("--log-level", "loud"), USAGE)]),
    "backup": (None, [(("{folder}/b", "--data-dir", "/nowhere"), USAGE), (("/proc", "--data-dir", "{folder}/data"), USAGE),
                      ((), USAGE)]),
    "restore": (None, [(("/nowhere",), USAGE), (("{folder}",), USAGE), ((), USAGE)]),
    "verify": (None, [(("/nowhere",), USAGE), (("{folder}",), USAGE), (("{folder}/data",), FAILED), ((), USAGE)]),
    "export kafka": (None, [(("--data-dir", "/nowhere"), USAGE), (("--file", "/nowhere.yaml"), USAGE), (("--set", "x"), USAGE)]),
    "examples": (("--customer", "zeno"), [(("--customer", "zneo"), USAGE), (("--pack-dir", "/nowhere"), USAGE)]),
    "pack check": (("deploy/packs/retail",), [(("deploy/packs/retial",), USAGE), ((), USAGE)]),
    "pack test": (("deploy/packs/retail",), [(("deploy/packs/retial",), USAGE), ((), USAGE)]),
    "topics list": ((), [(("--file", "/nowhere.yaml"), USAGE)]),
    "topics check": (None, [(("--file", "/nowhere.yaml"), USAGE), (("--set", "x"), USAGE)]),
    "topics plan": (None, [(("--file", "/nowhere.yaml"), USAGE), (("--set", "x"), USAGE)]),
    "topics apply": (None, [(("--file", "/nowhere.yaml"), USAGE), (("--set", "x"), USAGE)]),
    "cel eval": (("1 + 1",), [(("1 +",), USAGE), (("true", "--touchpoint", "/nowhere.json"), USAGE), ((), USAGE)]),
}
REMOTE = {
    "send": (("--type", "a.b", "--name", "customer:7"),
             [(("--name", "customer:7"), USAGE), (("--type", "a.b", "--name", "x:y"), USAGE),
              (("--type", "A B", "--name", "customer:7"), USAGE)]),
    "import": (("--mapping", "{mapping}", "{csv}", "--rejects", "{folder}/rejects.csv"),
               [(("--mapping", "/nowhere.yaml", "x.csv"), USAGE), (("--mapping", "{mapping}", "/nowhere.csv"), USAGE)]),
    "replay": (("{lines}",), [(("/nowhere.jsonl",), USAGE), (("{lines}", "--speed", "fast"), USAGE)]),
    "journey": (("customer:42",), [((NOBODY,), NOT_FOUND), (("nobody",), USAGE), (("email:jo@example.com",), NOT_FOUND)]),
    "moments": (("--name", "customer:42"), [(("--name", NOBODY), NOT_FOUND), (("--kind", "x"), USAGE), (("--from-begin",), USAGE)]),
    "explain": (("{moment}",), [((UNKNOWN_ID,), NOT_FOUND), (("x",), USAGE), (("customer:42~x",), USAGE)]),
    "desktop": (("--agent", "bot", "--auto", "--work-time", "0s", "--leave-after", "1"),
                [((), USAGE), (("--agent", "a", "--work-time", "x"), USAGE), (("--agent", "a", "--capacity", "0"), USAGE)]),
    "escalations list": ((), [(("--status", "x"), USAGE), (("--name", "x"), USAGE)]),
    "escalations get": (("{escalation}",), [((UNKNOWN_ID,), NOT_FOUND), (("x",), USAGE)]),
    "escalations create": (("--name", "customer:8", "--reason", "asked", "--actor", "agent:ana"),
                           [(("--name", "customer:8"), USAGE), (("--name", "x", "--reason", "r", "--actor", "agent:a"), USAGE),
                            (("--name", "customer:8", "--reason", "r", "--actor", "ana"), USAGE)]),
    "escalations cancel": (("{cancelled}", "--reason", "a duplicate", "--actor", "agent:ana"),
                           [((UNKNOWN_ID, "--reason", "r", "--actor", "agent:a"), NOT_FOUND), ((UNKNOWN_ID,), USAGE)]),
    "escalations watch": (("--from-begin",), [(("--zone", "x"), USAGE), (("--id", "x"), USAGE)]),
    "outreach list": ((), [(("--status", "x"), USAGE), (("--name", "x"), USAGE)]),
    "outreach get": (("{outreach}",), [((UNKNOWN_ID,), NOT_FOUND), (("x",), USAGE)]),
    "outreach watch": (("--from-begin",), [(("--zone", "x"), USAGE)]),
    "outreach requests": (("--from-begin",), [(("--zone", "x"), USAGE)]),
    "outreach report": (("--send-key", "{send_key}", "--status", "delivered"),
                        [(("--send-key", "{send_key}", "--status", "x"), USAGE), (("--send-key", "x"), USAGE)]),
    "preferences get": (("email:jo@example.com",), [(("jo",), USAGE), ((), USAGE)]),
    "preferences set": (("email:jo@example.com", "--grant", "service"),
                        [(("email:jo@example.com",), USAGE), (("jo", "--suppress"), USAGE),
                         (("email:jo@example.com", "--zone", "Mars"), USAGE)]),
    "status": ((), []),
    "dead-letters": ((), []),
}
# Those that say nothing of their own accord until something happens, and go on until they are stopped.
WATCHES = {"escalations watch", "outreach watch", "outreach requests"}


def listed(text):
    """The names below `Subcommands:`."""
    return re.findall(r"^  ([a-z-]+) ", text.partition("\nSubcommands:\n")[2], re.MULTILINE)


class CommandsTest(EndToEndTest):
    def test_there_is_a_case_for_every_command(self):
        leaves = set()
        for name in listed(self.command("--help").stdout):
            below = listed(self.command(name, "--help").stdout)
            leaves |= {f"{name} {leaf}" for leaf in below} if below else {name}
        self.assertEqual(leaves, LOCAL.keys() | REMOTE.keys())

    def test_help_has_an_example_and_json(self):
        for name, (_, _) in (LOCAL | REMOTE).items():
            with self.subTest(name):
                words = name.split()
                done = self.command(*words, "--help")
                self.assertEqual(done.returncode, 0, done.stderr)
                example = done.stdout.partition("\nExample:\n")[2]
                self.assertIn(f"touchstone {' '.join(words)}", example)
                self.assertIn("--json", done.stdout)

    def test_what_is_no_flag(self):
        for name, (_, _) in (LOCAL | REMOTE).items():
            with self.subTest(name):
                words = name.split()
                done = self.command(*words, "--jsno")
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertIn(f"touchstone {name}: there is no flag --jsno", done.stderr)

    def test_nothing_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as freed:
            address = f"127.0.0.1:{freed.getsockname()[1]}"
        fill = self.files() | dict.fromkeys(("moment", "escalation", "cancelled", "outreach", "send_key"), UNKNOWN_ID)
        for name, (works, _) in REMOTE.items():
            with self.subTest(name):
                words = name.split()
                done = self.command(*words, *(word.format(**fill) for word in works), "--address", address)
                self.assertEqual(done.returncode, UNAVAILABLE, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertIn(f"nothing listens at {address}: start it with `touchstone up`", done.stderr)

    def files(self):
        mapping, csv, lines = (self.folder / name for name in ("m.yaml", "t.csv", "t.jsonl"))
        mapping.write_text("source: s\ntables: [{name: t, file: t.csv}]\ntouchpoints:\n- {from: t, type: a.b, id: '{{id}}', "
                           "names: ['customer:{{id}}'], channel: web, occur_time: at}\n")
        csv.write_text("id,at\nx,2017-01-01\n")
        lines.write_text(json.dumps(self.touchpoint("recorded", "customer", "9")) + "\n")
        return {"mapping": mapping, "csv": csv, "lines": lines, "folder": self.folder}

    @staticmethod
    def touchpoint(id, kind, value, **more):
        return {"id": id, "source": "shop", "type": "site.visited", "channel": "CHANNEL_WEB",
                "names": [{"kind": f"NAME_KIND_{kind.upper()}", "value": value}],
                "occur_time": "2026-01-02T03:04:05Z"} | more

    def served(self):
        """A suite at whose address commands find the story, and what of it they are given."""
        address = self.up().ready()
        self.at = ("--address", address)
        self.succeed("preferences", "set", "email:carla@example.com", "--zone", "UTC", "--quiet", "00:00-00:00", "--grant",
                     "marketing", *self.at)
        for words in STORY:
            self.succeed("send", *words, *self.at)
        self.succeed("send", *self.at, stdin=self.succeed("examples", "--customer", "carla").stdout)
        opened = [self.json_lines("escalations", "create", "--name", f"customer:{n}", "--reason", "asked", "--actor", "agent:a",
                                  "--skill", "none-has-it", *self.at)[0]["id"] for n in (50, 51)]
        moments = until(lambda: self.json_lines("moments", "--name", "customer:42", *self.at), "a moment")
        request = self.first_line("outreach", "requests", "--from-begin", *self.at)
        outreach = until(lambda: self.json_lines("outreach", "list", *self.at), "an outreach")
        return self.files() | {"moment": moments[0]["id"], "escalation": opened[0], "cancelled": opened[1],
                               "outreach": outreach[0]["id"], "send_key": request["send_key"]}

    def succeed(self, *words, stdin=""):
        done = self.command(*words, stdin=stdin)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return done

    def follow(self, *words, stdin=subprocess.DEVNULL):
        child = subprocess.Popen([BIN / "touchstone", *map(str, words)], cwd=ROOT, text=True, stdin=stdin,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def end():
            child.kill()
            child.wait()
            for pipe in filter(None, (child.stdin, child.stdout, child.stderr)):
                pipe.close()

        self.addCleanup(end)
        return child

    def first_line(self, *words):
        child = self.follow(*words, "--json")
        watchdog = threading.Timer(30, child.kill)
        watchdog.start()
        line = child.stdout.readline()
        watchdog.cancel()
        self.assertTrue(line, f"{words} said nothing")
        child.kill()
        return json.loads(line)

    def test_each_does_what_it_says_in_words_and_in_json(self):
        fill = self.served()
        for name, (works, _) in (LOCAL | REMOTE).items():
            with self.subTest(name):
                words = name.split()
                if works is None:
                    continue
                works = [word.format(**fill) for word in works]
                at = self.at if name in REMOTE else ()
                if name in WATCHES:
                    self.assertIsInstance(self.first_line(*words, *works, *at), dict)
                    continue
                if name == "desktop":
                    self.succeed("escalations", "create", "--name", "customer:52", "--reason", "r", "--actor", "agent:a", *at)
                for line in self.json_lines(*words, *works, *at):
                    self.assertIsInstance(line, int if name == "cel eval" else dict)
                if name not in ("desktop", "escalations cancel"):
                    self.assertTrue(self.succeed(*words, *works, *at).stdout.strip())

    def test_each_says_what_is_wrong_and_exits_with_its_code(self):
        fill = self.served()
        for name, (_, fails) in (LOCAL | REMOTE).items():
            with self.subTest(name):
                words = name.split()
                at = self.at if name in REMOTE else ()
                for wrong, code in fails:
                    done = self.command(*words, *(word.format(**fill) for word in wrong), *at)
                    self.assertEqual(done.returncode, code, f"{wrong}: {done.stdout}{done.stderr}")
                    self.assertEqual(done.stdout, "")
                    self.assertRegex(done.stderr, r"\Atouchstone[a-z -]*: \S")

    def test_the_version_is_the_same_everywhere(self):
        version = self.succeed("--version").stdout.split()[1]
        self.assertRegex(version, r"\A\d+\.\d+\.\d+\Z")
        for service in ("ingestion", "classification", "routing", "outreach"):
            if (BIN / f"touchstone-{service}").exists():
                said = subprocess.run([BIN / f"touchstone-{service}", "--version"], capture_output=True, text=True, check=True)
                self.assertEqual(said.stdout, f"touchstone-{service} {version}\n")
        status, = self.json_lines("status", "--address", self.up().ready())
        self.assertEqual(status["version"], version)

    def test_where_the_files_of_the_project_are_not(self):
        for words, flag in ((("examples", "--pack-dir", "/nowhere"), "--pack-dir"),
                            (("topics", "list", "--file", "/nowhere.yaml"), "--file")):
            with self.subTest(words[0]):
                done = self.command(*words)
                self.assertEqual(done.returncode, USAGE)
                self.assertRegex(done.stderr, rf"/nowhere.*; start in the project's folder, or name .* with {flag}")

    def test_what_is_said_of_an_address(self):
        self.at = ("--address", self.up().ready())
        get = ("preferences", "get", "email:jo@example.com", *self.at)
        self.assertIn("consent: none given or withdrawn", self.succeed(*get).stdout)
        self.succeed("preferences", "set", "email:jo@example.com", "--grant", "service", "--quiet", "00:00-00:00", *self.at)
        said = self.succeed(*get).stdout
        self.assertIn("service: granted", said)
        self.assertIn("quiet: at no time", said)
        self.assertNotIn("consent:", said)

    def test_no_dead_letters_of_a_reason(self):
        self.at = ("--address", self.up().ready())
        self.assertEqual(self.succeed("dead-letters", *self.at).stdout, "no dead letters\n")
        self.assertEqual(self.succeed("dead-letters", "--reason", "UNREADABLE", *self.at).stdout,
                         "no dead letters with the reason UNREADABLE\n")

    def test_a_pack_is_checked_in_all_its_files(self):
        for file, right, wrong in (("pack.yaml", "extends: core", "extends: cora"),
                                   ("stages.yaml", "stage: experience", "stage: exp"),
                                   ("moments.yaml", "kind: zero", "kind: zer"),
                                   ("routing.yaml", "moment.rule", "moment.role"),
                                   ("routing.yaml", '"third.damaged"', '"third.damage"'),
                                   ("outreach.yaml", "template: retail.damaged", "template: retail.lost"),
                                   ("outreach.yaml", '== "zero.cart-left"', '== "zero.cart-lost"'),
                                   ("examples/01_first_steps.yaml", "at: Mon", "at: Moo")):
            with self.subTest(file):
                packs = self.folder / "packs"
                shutil.rmtree(packs, ignore_errors=True)
                shutil.copytree(ROOT / "deploy/packs", packs)
                self.assertIn("in order", self.succeed("pack", "check", f"{packs}/retail/").stdout)
                path = packs / "retail" / file
                text = path.read_text()
                self.assertIn(right, text)
                path.write_text(text.replace(right, wrong))
                done = self.command("pack", "check", packs / "retail")
                self.assertEqual((done.returncode, done.stdout), (USAGE, ""), done.stderr)
                self.assertRegex(done.stderr, rf"{re.escape(str(path))}:\d+:\d+: ")

    def test_a_pack_is_told_all_that_is_wrong(self):
        packs = self.folder / "packs"
        shutil.copytree(ROOT / "deploy/packs", packs)
        for file, right, wrong in (("moments.yaml", "when:", "wen:"), ("outreach.yaml", "template: retail.damaged", "template: lost")):
            path = packs / "retail" / file
            path.write_text(path.read_text().replace(right, wrong, 1))
        done = self.command("pack", "check", packs / "retail")
        self.assertIn("moments.yaml:", done.stderr)
        self.assertIn("outreach.yaml:", done.stderr)

    def test_a_pipe_gets_whole_lines(self):
        fill = self.served()
        text = self.succeed("moments", *self.at).stdout + self.succeed("journey", "customer:42", *self.at).stdout
        self.assertIn(fill["moment"], text)
        self.assertNotIn("…", text)

    def test_a_second_name_leads_to_the_first(self):
        self.served()
        for words in (("journey", "email:jo@example.com"), ("moments", "--name", "email:jo@example.com"),
                      ("escalations", "list", "--name", "email:jo@example.com"),
                      ("outreach", "list", "--name", "email:jo@example.com")):
            with self.subTest(words[0]):
                done = self.command(*words, *self.at)
                self.assertIn("primary name", done.stdout + done.stderr)

    def test_replay_names_what_it_refuses_and_takes_nothing_twice(self):
        self.at = ("--address", self.up().ready())
        path = self.folder / "recorded.jsonl"
        lines = [self.touchpoint("1", "customer", "r"), self.touchpoint("2", "customer", "r", type=""),
                 self.touchpoint("3", "customer", "r", occur_time="2026-01-02T03:04:06Z")]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "nonsense\n")
        for speed in ("max", "10x"):
            done = self.command("replay", path, "--speed", speed, *self.at)
            self.assertEqual((done.returncode, done.stdout), (FAILED, "2 taken, 2 refused\n"))
            self.assertIn(f"{path}:2: type: is required", done.stderr)
            self.assertIn(f"{path}:4: is no JSON of a Touchpoint", done.stderr)
        journey, = self.json_lines("journey", "customer:r", *self.at)
        self.assertEqual([at["touchpoint"]["id"] for at in journey["touchpoints"]], ["1", "3"])

    def test_an_import_that_was_killed_is_repeated(self):
        customers, rows, written = 100, 200, 300_000
        address = self.up().ready()
        mapping, csv = (self.folder / name for name in ("m.yaml", "t.csv"))
        mapping.write_text("source: s\ntables: [{name: t, file: t.csv}]\ntouchpoints:\n- {from: t, type: site.visited, id: '{{id}}', "
                           "names: ['customer:{{who}}'], channel: web, occur_time: at}\n")
        begin = datetime.datetime(2017, 1, 1)
        csv.write_text("id,who,at\n" + "".join(
            f"{n},{n % customers},{begin + datetime.timedelta(minutes=n)}\n" for n in range(customers * rows)))
        words = ("import", "--mapping", mapping, csv, "--rejects", self.folder / "rejects.csv", "--address", address)

        def log_bytes():
            return sum(path.stat().st_size for path in (self.folder / "data/log/store").glob("*.log"))

        def taken():
            return sum(int(task.get("processed_count", 0)) for task in self.status(address)["tasks"] if task["kind"] == "journey")

        before = log_bytes()
        child = self.follow(*words)
        until(lambda: child.poll() is not None or log_bytes() > before + written, "rows that are taken")
        child.kill()
        self.assertEqual(child.wait(), -signal.SIGKILL, "it was to be killed on its way")
        self.await_idle(address)
        self.assertTrue(0 < taken() < customers * rows, taken())
        again = self.json_lines(*words)[0]
        self.assertEqual((again["accepted"], again["rejected"]), (customers * rows, 0))
        self.await_idle(address)
        for customer in range(customers):
            self.assertEqual(sorted(map(int, self.ids_of(customer, address))), list(range(customer, customers * rows, customers)))

    def test_what_became_of_a_send_is_reported(self):
        fill = self.served()
        report = ("outreach", "report", "--send-key", fill["send_key"], "--report-id", "r1", "--status", "delivered", *self.at)
        token = self.json_lines(*report)[0]["token"]
        sent = next(one for one in self.json_lines("outreach", "list", *self.at) if one.get("send_key") == fill["send_key"])
        got, = self.json_lines("outreach", "get", sent["id"], "--token", token, *self.at)
        self.assertEqual((got["status"], len(got["reports"])), ("OUTREACH_STATUS_DELIVERED", 1))
        self.succeed(*report)
        got, = self.json_lines("outreach", "get", sent["id"], *self.at)
        self.assertEqual(len(got["reports"]), 1, "a repeat changes nothing")
        unknown = self.command("outreach", "report", "--send-key", "0" * len(fill["send_key"]), "--status", "delivered", *self.at)
        self.assertIn(unknown.returncode, (USAGE, NOT_FOUND), unknown.stderr)

    def test_a_cancelled_escalation_stays_so(self):
        fill = self.served()
        cancel = ("escalations", "cancel", fill["cancelled"], "--reason", "a duplicate", "--actor", "agent:ana", *self.at)
        self.assertEqual(self.json_lines(*cancel, "--request-id", "c1")[0]["status"], "ESCALATION_STATUS_CANCELLED")
        self.assertEqual(self.json_lines(*cancel, "--request-id", "c1")[0]["status"], "ESCALATION_STATUS_CANCELLED")
        again = self.command(*cancel, "--request-id", "c2")
        self.assertEqual(again.returncode, FAILED, again.stderr)
        self.assertIn("cancelled", again.stderr)
        got, = self.json_lines("escalations", "get", fill["cancelled"], *self.at)
        self.assertEqual(got["cancellation"]["reason"], "a duplicate")

    def test_a_desktop_is_worked_through_a_pipe(self):
        self.at = ("--address", self.up().ready())
        opened, = self.json_lines("escalations", "create", "--name", "customer:1", "--reason", "asked", "--actor", "agent:a",
                                  *self.at)
        desk = self.follow("desktop", "--agent", "ana", *self.at, stdin=subprocess.PIPE)
        watchdog = threading.Timer(60, desk.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)

        def type_in(line):
            desk.stdin.write(line + "\n")
            desk.stdin.flush()

        def hear(words):
            for line in desk.stdout:
                if words in line:
                    return
            self.fail(f"the desktop did not say '{words}': {desk.stderr.read()}")

        hear("here as ana")
        hear("accept or decline?")
        type_in("acept")
        hear("'acept' is no command")
        type_in("accept 1")
        def status():
            return self.json_lines("escalations", "get", opened["id"], *self.at)[0]["status"]

        until(lambda: status() == "ESCALATION_STATUS_ASSIGNED", "assigned")
        type_in("work")
        hear("customer:1")
        type_in("resolve 1 solved called back")
        until(lambda: status() == "ESCALATION_STATUS_RESOLVED", "resolved")
        desk.stdin.close()
        self.assertEqual(desk.wait(timeout=30), 0, "the end of what is typed is goodbye")

    def test_following_goes_on_over_a_restart(self):
        suite = self.up()
        address = suite.ready()
        watch = self.follow("moments", "--follow", "--from-begin", "--json", "--address", address)
        watchdog = threading.Timer(60, watch.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)

        def founds(count):
            seen = []
            for line in watch.stdout:
                event = json.loads(line)
                if "moment_found" in event:
                    seen.append(event["moment_found"]["moment"]["id"])
                if len(seen) == count:
                    return seen
            self.fail(watch.stderr.read())

        self.succeed("send", "--type", "site.visited", "--name", "customer:1", "--channel", "web", "--address", address)
        first = founds(1)
        self.assertEqual(suite.stop(), 0, suite.errors())
        self.start("touchstone", "up", "--data-dir", self.folder / "data", "--listen", address).ready()
        self.succeed("send", "--type", "site.visited", "--name", "customer:2", "--channel", "web", "--address", address)
        second = founds(1)
        self.assertTrue(first[0].startswith("customer:1~"), first)
        self.assertTrue(second[0].startswith("customer:2~"), "nothing twice, nothing left out")

    def test_expressions(self):
        touchpoint = self.folder / "touchpoint.json"
        touchpoint.write_text(json.dumps(self.touchpoint("1", "customer", "1", stars=2)))
        for expression, value in {
                "1 + 2 * 3": "7", "7 / 2": "3", "-7 % 3": "-1", "1.5 + 1.0": "2.5", "true && !false": "true",
                "'a' + \"b\"": "ab", "'abc'.contains('b')": "true", "'abc'.matches('^a.c$')": "true", "size('äß')": "2",
                "2 in [1, 2]": "true", "{'a': 1}['a']": "1", "1 < 2 ? 'yes' : 'no'": "yes",
                "duration('36h') > duration('24h')": "true",
                "timestamp('2026-11-22T07:25:00Z') + duration('1h') == timestamp('2026-11-22T08:25:00Z')": "true",
                "touchpoint.type.startsWith('site.')": "true", "has(touchpoint.stars)": "true", "has(touchpoint.survey)": "false",
                "touchpoint.stars <= 2 && touchpoint.channel == CHANNEL_WEB": "true",
                "touchpoint.names[0].value": "1"}.items():
            with self.subTest(expression):
                done = self.command("cel", "eval", expression, "--touchpoint", touchpoint)
                self.assertEqual((done.returncode, done.stdout.strip().strip('"')), (0, value), done.stderr)
        for expression, words in {
                "1 +": r"\^", "touchpoint.chanel": "'channel'", "1 + 'a'": r"\^", "unknown": r"\^", "size(1)": r"\^",
                "'a'.startWith('b')": r"startsWith", "1 / 0": "zero", "[1][5]": "index|range"}.items():
            with self.subTest(expression):
                done = self.command("cel", "eval", expression)
                self.assertNotEqual(done.returncode, 0, done.stdout)
                self.assertRegex(done.stderr, words)


if __name__ == "__main__":
    unittest.main()
