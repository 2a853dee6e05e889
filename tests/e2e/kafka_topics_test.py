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
        self.flags = ("--prefix", f"topics-{os.getpid()}-{self._testMethodName}.", "--file", self.manifest)
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

    def test_what_breaks_a_promise_stops_a_start_and_is_said_before(self):
        lacking = self.topics("check", *self.at)
        self.assertEqual(lacking.returncode, FAILED, lacking.stderr)
        self.assertIn("journey.state: is not there", lacking.stderr)
        self.topics("apply", *self.at)
        self.assertEqual(self.topics("check", *self.at).stdout, "0 missing, 0 broken, 0 different without harm\n")

        # What is kept longer than declared is told, and is no harm.
        declared = self.manifest.read_text()
        self.manifest.write_text(declared.replace("names.v1, partitions: 2, retention: 28d", "names.v1, partitions: 2, retention: 14d"))
        longer = self.topics("check", *self.at)
        self.assertEqual((longer.returncode, longer.stdout), (0, "0 missing, 0 broken, 1 different without harm\n"))
        self.manifest.write_text(declared.replace("names.v1, partitions: 2, retention: 28d", "names.v1, partitions: 2, retention: 56d"))
        broken = self.topics("check", *self.at)
        self.assertEqual((broken.returncode, broken.stdout), (FAILED, "0 missing, 1 broken, 0 different without harm\n"))
        mends = f"kafka-configs.sh --bootstrap-server {self.at[1]} --alter --entity-type topics --entity-name " \
                f"{self.flags[1]}names.v1 --add-config retention.ms={56 * 24 * 3600 * 1000}"
        self.assertIn(mends, broken.stderr)
        service = self.start("touchstone-classification", "--set", f"kafka.bootstrap_servers={self.at[1]}",
                             "--set", f"kafka.prefix={self.flags[1]}", "--set", f"topics_file={self.manifest}",
                             "--set", f"secret_file={self.secret_file()}", "--set", f"kafka.data_dir={self.folder}/kafka",
                             "--set", "listen=127.0.0.1:0")
        self.assertEqual(service.ended(), FAILED)
        self.assertIn(mends, service.errors())

    def test_topics_that_are_read_together_and_do_not_fit(self):
        declared = self.manifest.read_text()
        self.manifest.write_text(declared.replace("names.v1, partitions: 2", "names.v1, partitions: 3"))
        self.topics("apply", *self.at)
        misfit = self.topics("check", *self.at)
        self.assertEqual((misfit.returncode, misfit.stdout), (FAILED, "0 missing, 1 broken, 0 different without harm\n"))
        self.assertIn("task kind journey: its inputs and its state must have equal partition counts", misfit.stderr)

    def test_no_broker(self):
        with socket.create_server(("127.0.0.1", 0)) as freed:
            broker = f"127.0.0.1:{freed.getsockname()[1]}"
        for what in ("plan", "apply", "check"):
            done = self.topics(what, "--brokers", broker)
            self.assertEqual(done.returncode, UNAVAILABLE, done.stderr)
            self.assertIn(broker, done.stderr)


if __name__ == "__main__":
    if not os.environ.get("TOUCHSTONE_KAFKA"):
        print("skipped: TOUCHSTONE_KAFKA names no broker; tools/kafka run COMMAND starts one beside a command")
        sys.exit(SKIPPED)
    unittest.main()
