"""What goes wrong around a process: each with its exit code and the words that say what to do."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from processes import BIN, ROOT, EndToEndTest, until

FAILED, USAGE, UNAVAILABLE, NOT_FOUND = 1, 2, 3, 4

METHODS = {
    "touchstone.classification.v1.JourneyService/ExplainMoment",
    "touchstone.ingestion.v1.IngestionService/StreamTouchpoints",
    "touchstone.operations.v1.OperationsService/GetStatus",
    "touchstone.outreach.v1.PreferenceService/SetPreferences",
    "touchstone.routing.v1.DesktopService/Connect",
}


class BadOperationTest(EndToEndTest):
    def refuses(self, server, code, *words):
        self.assertEqual(server.ended(), code, server.errors())
        for word in words:
            self.assertRegex(server.errors(), word)

    def buy(self, address, number):
        done = self.command("send", "--address", address, "--type", "order.purchased", "--name", f"customer:{number}",
                            "--id", number)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_stops_at_once_and_comes_back_with_everything(self):
        for number, stop in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGKILL)):
            suite = self.up()
            address = suite.ready()
            self.buy(address, number)
            code = suite.stop(stop)
            self.assertEqual(code, -signal.SIGKILL if stop == signal.SIGKILL else 0, suite.errors())
        address = self.up().ready()
        for number in range(3):
            journey, = self.json_lines("journey", f"customer:{number}", "--address", address)
            self.assertEqual(len(journey["touchpoints"]), 1)

    def test_stops_while_somebody_watches(self):
        suite = self.up()
        address = suite.ready()
        watch = subprocess.Popen([BIN / "touchstone", "moments", "--follow", "--from-begin", "--address", address],
                                 cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            self.buy(address, 1)
            self.assertTrue(watch.stdout.readline())
            self.assertEqual(suite.stop(), 0, suite.errors())
        finally:
            watch.kill()
            watch.communicate()

    def test_a_second_process_in_the_same_folder(self):
        self.up().ready()
        self.refuses(self.up(), FAILED, "another touchstone uses it", re.escape(str(self.folder)))

    def test_a_folder_of_other_files_is_left_alone(self):
        data = self.folder / "data"
        data.mkdir()
        (data / "letter.txt").write_text("dear")
        self.refuses(self.up(), USAGE, re.escape(str(data)), "letter.txt", "name an empty folder")
        self.assertEqual([path.name for path in data.iterdir()], ["letter.txt"])

    def test_a_data_folder_that_is_none(self):
        self.refuses(self.start("touchstone", "up", "--data-dir", "", "--listen", "127.0.0.1:0"), USAGE, "--data-dir: is empty")
        (self.folder / "file").write_text("")
        for path in (self.folder / "file", self.folder / "file/data", "/proc/none"):
            with self.subTest(path):
                suite = self.start("touchstone", "up", "--data-dir", path, "--listen", "127.0.0.1:0")
                self.refuses(suite, USAGE, re.escape(f"data folder '{path}' cannot be made: "), "name a folder")

    def test_a_folder_whose_lock_cannot_be_opened(self):
        self.filled_folder()
        path = self.folder / "data/log/LOCK"
        path.unlink()
        path.mkdir()
        self.refuses(self.up(), FAILED, "LOCK", re.escape(str(self.folder)))

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            suite = self.start("touchstone", "up", "--data-dir", self.folder / "data", "--listen", address)
            self.refuses(suite, FAILED, re.escape(address), "in use")
            self.assertEqual(len(suite.errors().splitlines()), 1, suite.errors())
            self.assertFalse((self.folder / "data").exists(), "a start that fails leaves nothing behind")

    def test_an_address_that_others_reach(self):
        suite = self.start("touchstone", "up", "--data-dir", self.folder / "data", "--listen", "0.0.0.0:0")
        self.refuses(suite, USAGE, "yes, without TLS")

    def test_an_address_that_is_none(self):
        for listen in ("foo", "127.0.0.1:99999", f"unix:{self.folder}/none/x.sock"):
            with self.subTest(listen):
                suite = self.start("touchstone", "up", "--data-dir", self.folder / "data", "--listen", listen)
                self.refuses(suite, USAGE, re.escape(listen), "listen")

    def filled_folder(self):
        suite = self.up()
        address = suite.ready()
        for number in range(20):
            self.buy(address, number)
        self.assertEqual(suite.stop(signal.SIGKILL), -signal.SIGKILL)

    def files(self, pattern):
        return sorted((path for path in (self.folder / "data/log").rglob(pattern) if path.stat().st_size > 0),
                      key=lambda path: path.stat().st_size)

    def test_a_store_that_lost_its_log(self):
        self.filled_folder()
        for path in self.files("*.log"):
            path.write_bytes(b"")
        self.refuses(self.up(), FAILED, "log", "backup|restore|damaged|lost|missing")

    def test_a_damaged_store(self):
        self.filled_folder()
        path = self.files("*.log")[-1]
        damaged = bytearray(path.read_bytes())
        for at in range(len(damaged) // 3, len(damaged) // 3 + 64):
            damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        self.refuses(self.up(), FAILED, "damaged|ends before|corrupt", re.escape(str(self.folder)))

    def test_a_folder_of_a_newer_version(self):
        self.filled_folder()
        path = self.folder / "data/log/FORMAT"
        before = path.read_text()
        path.write_text(re.sub(r"\d+", "99", before))
        self.refuses(self.up(), FAILED, "format 99", "start a newer one", re.escape(str(self.folder)))
        path.write_text(before)
        self.up().ready()

    def test_a_limit_on_file_sizes_is_said_before_the_end(self):
        suite = self.start(shutil.which("prlimit"), "--fsize=1000000", BIN / "touchstone", "up", "--data-dir",
                           self.folder / "data", "--listen", "127.0.0.1:0")
        address = suite.ready()
        line = json.dumps({"type": "a.b", "text": "x" * 2000, "names": [{"kind": "NAME_KIND_CUSTOMER", "value": "1"}]})
        lines = self.folder / "lines.jsonl"
        lines.write_text((line + "\n") * 1000)
        with open(lines) as typed:
            sender = subprocess.Popen([BIN / "touchstone", "send", "--address", address], cwd=ROOT, stdin=typed,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.assertEqual(suite.ended(), -signal.SIGABRT, suite.errors())
            self.assertRegex(suite.errors(), re.escape(str(self.folder)) + ".*failed: .*[Tt]oo large")
            self.assertIn("What was acknowledged is safe", suite.errors())
        finally:
            sender.kill()
            sender.wait()

    def small_disk(self):
        if os.geteuid() != 0:
            self.skipTest("only root may mount a small disk")
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1300m", "tmpfs", disk], check=False).returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=True)
        return disk

    @staticmethod
    def fill(disk, leave):
        """All of the disk but so many bytes."""
        there = os.statvfs(disk)
        with open(disk / "filler", "ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), there.f_bavail * there.f_frsize - leave)

    def test_a_disk_that_fills_while_touchpoints_come_loses_none(self):
        disk = self.small_disk()
        suite = self.start("touchstone", "up", "--data-dir", disk / "data", "--listen", "127.0.0.1:0")
        address = suite.ready()
        sender = subprocess.Popen([BIN / "touchstone", "send", "--address", address], cwd=ROOT, text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: [pipe.close() for pipe in (sender.stdin, sender.stdout, sender.stderr)])
        self.addCleanup(sender.wait)
        self.addCleanup(sender.kill)

        def say(numbers):
            for number in numbers:
                sender.stdin.write(json.dumps({"id": str(number), "type": "site.visited", "text": "x" * 200,
                                               "names": [{"kind": "NAME_KIND_CUSTOMER", "value": str(number % 20)}]}) + "\n")
            sender.stdin.flush()

        def taken():
            return sum(int(task.get("processed_count", 0)) for task in self.status(address)["tasks"] if task["kind"] == "journey")

        say(range(1500))
        until(lambda: taken() >= 1000, "the first are taken")
        self.fill(disk, leave=400 << 20)
        until(lambda: "nearly full" in self.status(address).get("intake_stopped", ""), "intake is stopped")
        # The first limit: what is inside drains, while nothing more comes in.
        self.await_idle(address)
        inside = taken()
        self.assertGreater(inside, 0)
        self.fill(disk, leave=0)
        # The second: what is there is read on.
        self.assertTrue(self.ids_of(7, address))
        self.json_lines("moments", "--address", address)
        self.assertIn("nearly full", self.status(address)["intake_stopped"])
        self.assertEqual(taken(), inside, "and nothing is written")
        # Who does not read on while it waits would hold us up.
        rest = threading.Thread(target=lambda: (say(range(1500, 4000)), sender.stdin.close()))
        rest.start()
        self.addCleanup(rest.join)
        refused = self.command("send", "--type", "a.b", "--name", "customer:0", "--address", address)
        self.assertEqual(refused.returncode, FAILED, refused.stderr)
        self.assertRegex(refused.stderr, "nearly full")
        self.assertIsNone(sender.poll(), "what is streamed waits")
        self.assertIsNone(suite.process.poll(), suite.errors())
        (disk / "filler").unlink()
        self.assertEqual((sender.wait(timeout=120), sender.stdout.read()), (0, "4000 taken, 0 refused\n"), sender.stderr.read())
        self.await_idle(address)
        for customer in range(20):
            self.assertEqual(sorted(map(int, self.ids_of(customer, address))), list(range(customer, 4000, 20)))
        self.assertEqual(suite.stop(), 0, suite.errors())

    def test_a_disk_that_is_nearly_full_stops_intake_until_there_is_space(self):
        disk = self.small_disk()
        filler = disk / "filler"
        self.fill(disk, leave=900 << 20)
        self.refuses(self.start("touchstone", "up", "--data-dir", disk / "data", "--listen", "127.0.0.1:0"), FAILED,
                     "nearly full", re.escape(str(disk)), "until there is space")
        filler.unlink()
        suite = self.start("touchstone", "up", "--data-dir", disk / "data", "--listen", "127.0.0.1:0")
        self.buy(suite.ready(), 1)

    def test_a_service_alone_on_the_embedded_log(self):
        for service in ("ingestion", "classification", "routing", "outreach"):
            with self.subTest(service):
                alone = self.start(f"touchstone-{service}", "--set", f"embedded.data_dir={self.folder}/alone")
                self.refuses(alone, USAGE, f"touchstone-{service}: kafka.bootstrap_servers: is required", "touchstone up")

    def test_the_flags_of_a_service(self):
        for flags, says in ((("--log-level", "loud"), "--log-level: 'loud' is none of debug, info, warning, error"),
                            (("--log-level", "waring"), "error; did you mean 'warning'?"),
                            (("--jsno",), "there is no flag --jsno"), (("more",), "'more' is not expected"),
                            (("--config", "/nowhere.yaml"), "'/nowhere.yaml' cannot be read"),
                            (("--set",), "--set")):
            with self.subTest(flags):
                self.refuses(self.start("touchstone-routing", *flags), USAGE, f"\\Atouchstone-routing: .*{re.escape(says)}")

    def test_a_broker_that_is_not_there(self):
        with socket.create_server(("127.0.0.1", 0)) as freed:
            port = freed.getsockname()[1]
        service = self.start("touchstone-classification", "--set", f"kafka.bootstrap_servers=127.0.0.1:{port}",
                             "--set", f"kafka.data_dir={self.folder}/kafka", "--set", f"secret_file={self.secret_file()}")
        self.refuses(service, UNAVAILABLE, f"127.0.0.1:{port}")

    def test_kafka_without_the_secret_of_the_deployment(self):
        service = self.start("touchstone-classification", "--set", "kafka.bootstrap_servers=127.0.0.1:1",
                             "--set", f"kafka.data_dir={self.folder}/kafka")
        self.refuses(service, FAILED, "set secret_file to a file")

    def test_a_secret_is_looked_at_before_a_broker_is_asked(self):
        service = self.start("touchstone-classification", "--set", "kafka.bootstrap_servers=127.0.0.1:1",
                             "--set", f"kafka.data_dir={self.folder}/kafka", "--set", f"secret_file={self.folder}/none")
        self.refuses(service, USAGE, f"secret file '{self.folder}/none'")

    def test_a_secret_that_others_may_read(self):
        secret = self.secret_file()
        secret.chmod(0o644)
        self.refuses(self.up("--set", f"secret_file={secret}"), FAILED, "secret", "0600|chmod|owner")

    def test_another_secret_than_the_folders(self):
        self.filled_folder()
        self.refuses(self.up("--set", f"secret_file={self.secret_file()}"), FAILED, "secret")

    def test_settings_that_are_wrong(self):
        self.refuses(self.up("--set", "listem=1"), USAGE, "listem")
        self.refuses(self.up("--set", "pack"), USAGE, "path=value, as in pack=retail")
        self.refuses(self.up("--set", "embedded.partitions=-1"), USAGE, "embedded.partitions: must be 1 or more")
        self.refuses(self.up("--config", self.folder), USAGE,
                     re.escape(f"configuration file '{self.folder}' cannot be read: it is a folder"))
        config = self.folder / "config.yaml"
        config.write_text("listen: 127.0.0.1:0\npakc: retail\n")
        self.refuses(self.up("--config", config), USAGE, re.escape(str(config)) + ":2:1", "pakc")
        self.refuses(self.up("--set", "pack=retial"), USAGE, "deploy/packs/retial", "did you mean 'retail'")
        self.refuses(self.up("--config", self.folder / "none.yaml"), USAGE, "none.yaml")
        self.refuses(self.up("--set", "packs_dir=nowhere"), USAGE, "packs_dir", "nowhere")
        self.refuses(self.up("--set", f"secret_file={self.folder}/none"), USAGE, "secret", "none")

    def test_packs_with_an_error_in_each_part(self):
        errors = {
            "moments.yaml": ("when: touchpoint.type ==", "when: touchpoint.typo =="),
            "pack.yaml": ("strands:", "strnads:"),
            "stages.yaml": ("touchpoint.type", "touchpoint.typo"),
            "routing.yaml": ("moment.rule", "moment.rul"),
            "outreach.yaml": ("moment.rule", "moment.rul"),
        }
        for name, (right, wrong) in errors.items():
            with self.subTest(name):
                packs = self.folder / f"packs-{name}"
                shutil.copytree(ROOT / "deploy/packs", packs)
                path = packs / "retail" / name
                text = path.read_text()
                self.assertIn(right, text)
                path.write_text(text.replace(right, wrong, 1))
                suite = self.up("--set", f"packs_dir={packs}")
                self.refuses(suite, USAGE, re.escape(name) + r":\d+:\d+", r"\^")

    def test_nothing_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as freed:
            address = f"127.0.0.1:{freed.getsockname()[1]}"
        for words in (("status",), ("journey", "customer:1"), ("moments",), ("dead-letters",),
                      ("send", "--type", "a.b", "--name", "customer:1")):
            with self.subTest(words[0]):
                done = self.command(*words, "--address", address)
                self.assertEqual(done.returncode, UNAVAILABLE, done.stderr)
                self.assertIn(address, done.stderr)
                self.assertIn("touchstone up", done.stderr)

    def test_an_address_where_nothing_can_listen(self):
        for address in ("foo", "", "localhost:http", "http://localhost:7300", "localhost:0"):
            with self.subTest(address):
                done = self.command("status", "--address", address)
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(f"touchstone: --address: '{address}' is no address: write HOST:PORT or unix:PATH", done.stderr)

    def test_a_flag_wins_over_the_environment(self):
        address = self.up().ready()
        done = subprocess.run([BIN / "touchstone", "status", "--address", address], cwd=ROOT, capture_output=True, text=True,
                              env={**os.environ, "TOUCHSTONE_ADDRESS": "127.0.0.1:1"}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_method_can_be_seen(self):
        buf = ROOT / ".deps/buf/node_modules/.bin/buf"
        if not buf.exists():
            self.skipTest("buf is not installed: tools/setup lint")
        address = self.up().ready()

        def curl(*words):
            return subprocess.run([buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", *words], cwd=ROOT,
                                  capture_output=True, text=True, timeout=60, check=False)

        listed = curl("--list-methods", f"http://{address}")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertLessEqual(METHODS | {"grpc.health.v1.Health/Check"}, set(listed.stdout.split()))
        health = curl("--data", "{}", f"http://{address}/grpc.health.v1.Health/Check")
        self.assertIn('"SERVING"', health.stdout, health.stderr)


if __name__ == "__main__":
    unittest.main()
