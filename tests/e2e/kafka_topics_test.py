"""`touchstone topics` on a real broker: what is missing is planned, created once, and what differs is left to a person."""

import os
import socket
import sys
import unittest

from processes import ROOT, EndToEndTest

FAILED, UNAVAILABLE = 1, 3
SKIPPED = 77


class KafkaTopicsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.manifest = self.folder / "topics.yaml"
        self.manifest.write_text((ROOT / "deploy/topics.yaml").read_text().replace("partitions: 8", "partitions: 2"))
        self.flags = ("--prefix", f"topics-{os.getpid()}.", "--file", self.manifest)
        self.at = ("--brokers", os.environ["TOUCHSTONE_KAFKA"])

    def topics(self, what, *flags):
        return self.command("topics", what, *self.flags, *flags)

    def test_planned_applied_and_compared(self):
        declared = {topic["topic"] for topic in self.json_lines("topics", "list", *self.flags)}
        self.assertTrue(declared)
        planned = {topic["topic"] for topic in self.json_lines("topics", "plan", *self.flags, *self.at)}
        self.assertEqual(planned, declared)
        self.assertIn(f"\n{len(declared)} missing\n", self.topics("plan", *self.at).stdout, "a plan creates nothing")
        self.assertIn(f"\n{len(declared)} created\n", self.topics("apply", *self.at).stdout)
        self.assertEqual(self.topics("apply", *self.at).stdout, "0 created\n")
        self.assertEqual(self.topics("plan", *self.at).stdout, "0 missing\n")

        self.manifest.write_text(self.manifest.read_text().replace("partitions: 2", "partitions: 3"))
        for what in ("plan", "apply"):
            differs = self.topics(what, *self.at)
            self.assertEqual(differs.returncode, FAILED, differs.stderr)
            self.assertIn("partitions is 2, declared is 3", differs.stderr)

    def test_no_broker(self):
        with socket.create_server(("127.0.0.1", 0)) as freed:
            broker = f"127.0.0.1:{freed.getsockname()[1]}"
        for what in ("plan", "apply"):
            done = self.topics(what, "--brokers", broker)
            self.assertEqual(done.returncode, UNAVAILABLE, done.stderr)
            self.assertIn(broker, done.stderr)


if __name__ == "__main__":
    if not os.environ.get("TOUCHSTONE_KAFKA"):
        print("skipped: TOUCHSTONE_KAFKA names no broker; tools/kafka run COMMAND starts one beside a command")
        sys.exit(SKIPPED)
    unittest.main()
