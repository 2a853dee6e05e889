"""The four services as processes of their own on a real broker: what goes in comes out at the other end, also when all of them
are stopped and started in between."""

import os
import sys
import unittest

from processes import EndToEndTest, until

SERVICES = ("ingestion", "classification", "routing", "outreach")
CUSTOMERS = 60
SKIPPED = 77


class KafkaProcessesTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.prefix = f"e2e-{os.getpid()}."
        # Fewer partitions than in production: the test is about processes, not about width.
        manifest = self.folder / "topics.yaml"
        manifest.write_text(open("deploy/topics.yaml").read().replace("partitions: 8", "partitions: 2"))
        self.settings = [
            "--set", f"kafka.bootstrap_servers={os.environ['TOUCHSTONE_KAFKA']}", "--set", f"kafka.prefix={self.prefix}",
            "--set", f"topics_file={manifest}", "--set", f"secret_file={self.secret_file()}"]
        applied = self.command("topics", "apply", "--brokers", os.environ["TOUCHSTONE_KAFKA"], "--prefix", self.prefix,
                               "--file", manifest)
        self.assertEqual(applied.returncode, 0, applied.stderr)

    def start_all(self):
        """Their sockets, by service, once all of them serve."""
        sockets = {service: f"unix:{self.folder}/{service}.socket" for service in SERVICES}
        self.running = [
            self.start(f"touchstone-{service}", *self.settings, "--set", f"listen={sockets[service]}",
                       "--set", f"instance={service}-1", "--set", f"kafka.data_dir={self.folder}/{service}")
            for service in SERVICES]
        for service, server in zip(SERVICES, self.running):
            until(lambda s=service, p=server: self.serves(sockets[s], p), f"{service} serves")
        return sockets

    def serves(self, address, server):
        self.assertIsNone(server.process.poll(), server.errors())
        return self.command("status", "--address", address).returncode == 0

    def stop_all(self):
        for server in self.running:
            self.assertEqual(server.stop(), 0, server.errors())

    def send(self, address, what, customers):
        lines = "".join(what(number) + "\n" for number in customers)
        done = self.command("send", "--address", address, stdin=lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{len(customers)} taken", done.stdout)

    @staticmethod
    def touchpoint(number, kind, more):
        return (f'{{"id": "{number}-{kind}", "source": "shop", "type": "{kind}", "channel": "CHANNEL_WEB", '
                f'"names": [{{"kind": "NAME_KIND_CUSTOMER", "value": "{number}"}}], '
                f'"correlations": [{{"kind": "CORRELATION_KIND_ORDER", "id": "order-{number}"}}]{more}}}')

    def test_stopped_and_started_once(self):
        at = self.start_all()
        everybody = range(CUSTOMERS)
        self.send(at["ingestion"], lambda n: self.touchpoint(n, "order.purchased", ""), everybody)
        self.send(at["ingestion"], lambda n: self.touchpoint(n, "order.delivered", ""), everybody)
        until(lambda: len(self.found(at, "second.first-order-delight")) == CUSTOMERS, "a delight for everybody", 60)
        self.stop_all()

        at = self.start_all()
        self.send(at["ingestion"], lambda n: self.touchpoint(n, "complaint.made", ', "topic": "damage"'), everybody)
        until(lambda: len(self.found(at, "third.damaged")) == CUSTOMERS, "a disappointment for everybody", 60)
        until(lambda: len(self.escalations(at)) == CUSTOMERS, "an escalation for everybody", 60)
        journey, = self.json_lines("journey", "customer:7", "--address", at["classification"])
        own = [t for t in journey["touchpoints"] if t["touchpoint"]["source"] == "shop"]
        self.assertEqual(len(own), 3)
        self.assertEqual(len({e["id"] for e in self.escalations(at)}), CUSTOMERS, "one each")
        self.stop_all()

    def found(self, at, rule):
        moments = self.json_lines("moments", "--address", at["classification"])
        return [moment for moment in moments if moment["rule"] == rule]

    def escalations(self, at):
        return self.json_lines("escalations", "list", "--address", at["routing"])


if __name__ == "__main__":
    if not os.environ.get("TOUCHSTONE_KAFKA"):
        print("skipped: TOUCHSTONE_KAFKA names no broker; tools/kafka run COMMAND starts one beside a command")
        sys.exit(SKIPPED)
    unittest.main()
