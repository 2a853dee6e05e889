"""Data folders of the embedded log: backed up while a suite works, checked, restored."""

import json
import signal
import threading
import unittest

from processes import EndToEndTest

FAILED, USAGE = 1, 2
# So many that none has more than the 200 touchpoints that a journey shows.
CUSTOMERS = 20


class DataFoldersTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.data, self.backup, self.restored = (self.folder / name for name in ("data", "backup", "restored"))

    def send(self, first, count, address):
        lines = [{"id": f"t{n}", "source": "shop", "type": "site.visited", "channel": "CHANNEL_WEB",
                  "names": [{"kind": "NAME_KIND_CUSTOMER", "value": str(n % CUSTOMERS)}], "occur_time": "2026-01-02T03:04:05Z"}
                 for n in range(first, first + count)]
        done = self.command("send", "--address", address, stdin="".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual(done.returncode, 0, done.stderr)

    def journeys(self, address):
        self.await_idle(address)
        return {customer: sorted(self.ids_of(customer, address)) for customer in range(CUSTOMERS)}

    def test_a_suite_at_work_is_backed_up_and_restored(self):
        suite = self.up()
        address = suite.ready()
        self.send(0, 500, address)
        expected = self.journeys(address)
        later = threading.Thread(target=self.send, args=(500, 3000, address))
        later.start()
        made, = self.json_lines("backup", self.backup, "--data-dir", self.data)
        later.join()
        self.assertTrue(made["has_secret"])
        self.assertGreaterEqual(made["records"], 500)
        lines = self.json_lines("verify", self.backup)
        self.assertTrue(lines[-1]["whole"])
        kept = next(line["records"] for line in lines if line.get("topic") == "touchpoints.v1")
        self.assertGreaterEqual(kept, 500)

        self.assertEqual(suite.stop(signal.SIGKILL), -signal.SIGKILL)
        self.assertTrue(self.json_lines("verify", self.data)[-1]["whole"])
        refused = self.command("restore", self.backup, "--data-dir", self.data)
        self.assertEqual(refused.returncode, USAGE)
        self.assertIn("nothing is overwritten", refused.stderr)
        self.json_lines("restore", self.backup, "--data-dir", self.restored)
        address = self.start("touchstone", "up", "--data-dir", self.restored, "--listen", "127.0.0.1:0").ready()
        found = self.journeys(address)
        self.assertEqual(sum(map(len, found.values())), kept)
        for customer, ids in expected.items():
            self.assertLessEqual(set(ids), set(found[customer]))
        # What was lost since is sent again, and what was not is not there twice.
        self.send(0, 3500, address)
        self.assertEqual(sum(map(len, self.journeys(address).values())), 3500)

    def test_a_backup_is_not_started_from(self):
        suite = self.up()
        suite.ready()
        self.json_lines("backup", self.backup, "--data-dir", self.data)
        started = self.start("touchstone", "up", "--data-dir", self.backup, "--listen", "127.0.0.1:0")
        self.assertEqual(started.ended(), USAGE)
        self.assertIn("is a backup: make a data folder of it with touchstone restore", started.errors())

    def test_what_is_damaged_is_named(self):
        suite = self.up()
        address = suite.ready()
        self.send(0, 200, address)
        self.json_lines("backup", self.backup, "--data-dir", self.data)
        suite.stop(signal.SIGKILL)
        log, = (self.data / "log" / "store").glob("*.log")
        whole = log.read_bytes()
        middle = len(whole) // 2
        log.write_bytes(whole[:middle] + bytes(64) + whole[middle + 64:])
        for words, says in ((("verify", self.data), "its log is damaged or incomplete"),
                            (("backup", self.folder / "another", "--data-dir", self.data), "gives no whole copy")):
            done = self.command(*words)
            self.assertEqual(done.returncode, FAILED, done.stderr)
            self.assertIn(says, done.stderr)
        secret = self.backup / "name-secret"
        secret.chmod(0o600)
        secret.write_text("8" * 64 + "\n")
        done = self.command("verify", self.backup)
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertIn("name-secret is not what it was", done.stderr)
        self.assertFalse((self.folder / "another").exists())


if __name__ == "__main__":
    unittest.main()
