"""The four services as processes of their own on a real broker: what goes in comes out at the other end, also when all of them
are stopped and started in between."""

import kafka_services
from processes import ROOT, until

CUSTOMERS = 60


class KafkaProcessesTest(kafka_services.KafkaServicesTest):
    def setUp(self):
        super().setUp()
        # Fewer partitions than in production: the test is about processes, not about width.
        manifest = self.folder / "topics.yaml"
        manifest.write_text((ROOT / "deploy/topics.yaml").read_text().replace("partitions: 8", "partitions: 2"))
        self.settings = ["--set", f"topics_file={manifest}", "--set", f"secret_file={self.secret_file()}"]
        applied = self.command("topics", "apply", "--brokers", self.brokers, "--prefix", self.prefix, "--file", manifest)
        self.assertEqual(applied.returncode, 0, applied.stderr)

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

    def test_instances_answer_for_each_other(self):
        at = self.start_all()
        second = {service: f"unix:{self.folder}/{service}-2.socket" for service in ("classification", "routing")}
        others = {service: self.start_one(service, f"{service}-2", socket) for service, socket in second.items()}
        for service, server in others.items():
            until(lambda s=service, p=server: self.serves(second[s], p), f"a second {service} serves", 60)
            until(lambda s=service: self.share(at[s]) == self.share(second[s]) > 0, f"two share {service}", 60)
        everybody = range(CUSTOMERS)
        for kind, more in (("order.purchased", ""), ("order.delivered", ""), ("complaint.made", ', "topic": "damage"')):
            self.send(at["ingestion"], lambda n, k=kind, m=more: self.touchpoint(n, k, m), everybody)
        for address in (at["routing"], second["routing"]):
            until(lambda a=address: len(self.json_lines("escalations", "list", "--address", a)) == CUSTOMERS,
                  "either lists all escalations", 60)
        for address in (at["classification"], second["classification"]):
            for number in range(0, CUSTOMERS, 6):
                self.assertEqual(len(self.json_lines("journey", f"customer:{number}", "--address", address)), 1)
            for moment in self.found(at, "third.damaged")[::9]:
                self.json_lines("explain", moment["id"], "--address", address)
        created = self.command("escalations", "create", "--name", "customer:of-somebody", "--severity", "50", "--reason", "asked",
                               "--actor", "system:crm", "--address", second["routing"])
        self.assertEqual(created.returncode, 0, created.stderr)

        others["routing"].kill()
        listed = self.command("escalations", "list", "--address", at["routing"])
        self.assertEqual(listed.returncode, 3, "who died is asked in vain until it is replaced")
        self.assertIn("of instance routing-2 did not answer", listed.stderr)
        until(lambda: self.command("escalations", "list", "--address", at["routing"]).returncode == 0, "one has all", 60)
        self.assertEqual(len(self.escalations(at)), CUSTOMERS + 1)

    def share(self, address):
        """How many tasks an instance has that run."""
        return sum(1 for task in self.status(address).get("tasks", []) if not task.get("stopped"))

    def found(self, at, rule):
        moments = self.json_lines("moments", "--address", at["classification"])
        return [moment for moment in moments if moment["rule"] == rule]

    def escalations(self, at):
        return self.json_lines("escalations", "list", "--address", at["routing"])


if __name__ == "__main__":
    kafka_services.main()
