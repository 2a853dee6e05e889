"""A data folder moved to a real broker: the export killed and repeated, then the services go on where the suite stopped."""

import json
import random
import signal
import subprocess

import kafka_services
from processes import BIN, ROOT, until

FAILED, USAGE = 1, 2
CUSTOMERS = 40
KILLS = 4


class KafkaExportTest(kafka_services.KafkaServicesTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.settings = ["--set", f"secret_file={self.data}/name-secret"]
        self.export = ("export", "kafka", "--data-dir", self.data, "--brokers", self.brokers, "--prefix", self.prefix)

    def send(self, address, kind, more=""):
        lines = "".join(
            f'{{"id": "{n}-{kind}", "source": "shop", "type": "{kind}", "channel": "CHANNEL_WEB", '
            f'"names": [{{"kind": "NAME_KIND_CUSTOMER", "value": "{n}"}}], '
            f'"correlations": [{{"kind": "CORRELATION_KIND_ORDER", "id": "order-{n}"}}]{more}}}\n' for n in range(CUSTOMERS))
        done = self.command("send", "--address", address, stdin=lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{CUSTOMERS} taken", done.stdout)

    def moments(self, address):
        found = self.json_lines("moments", "--address", address)
        self.assertEqual(len({moment["id"] for moment in found}), len(found), "one each")
        return {moment["id"]: moment["rule"] for moment in found}

    def rules(self, address, rule):
        return [found for found in self.moments(address).values() if found == rule]

    def escalations(self, address):
        found = self.json_lines("escalations", "list", "--address", address)
        return {escalation["id"] for escalation in found}

    def requests(self, address):
        """The sends that were asked for, as far as a watch from the begin has shown them within a second."""
        watch = subprocess.Popen([BIN / "touchstone", "outreach", "requests", "--from-begin", "--json", "--address", address],
                                 cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            shown, _ = watch.communicate(timeout=2)
        except subprocess.TimeoutExpired:
            watch.kill()
            shown, _ = watch.communicate()
        return [json.loads(line)["send_key"] for line in shown.splitlines()]

    def killed_exports(self):
        """Exports killed somewhere on their way."""
        for _ in range(KILLS):
            child = subprocess.Popen([BIN / "touchstone", *map(str, self.export)], cwd=ROOT, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
            try:
                _, said = child.communicate(timeout=random.uniform(0.3, 4))
                self.assertEqual(child.returncode, 0, said.decode())
                return True
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
        return False

    def test_services_go_on_where_the_suite_stopped(self):
        suite = self.up()
        address = suite.ready()
        self.send(address, "order.purchased")
        self.send(address, "order.delivered")
        until(lambda: len(self.rules(address, "second.first-order-delight")) == CUSTOMERS, "a delight for everybody", 60)
        self.await_idle(address)
        moments, escalations, sends = self.moments(address), self.escalations(address), self.requests(address)
        journey = self.ids_of(7, address)
        refused = self.command(*self.export)
        self.assertEqual(refused.returncode, FAILED, "a suite runs on it")
        self.assertEqual(suite.stop(), 0, suite.errors())

        if not self.killed_exports():
            lines = self.json_lines(*self.export)
            self.assertTrue(lines)
            for line in lines:
                folder, cluster = [value for key, value in line.items() if "_in_folder" in key or "_on_cluster" in key]
                self.assertEqual(folder, cluster, line)
        again = self.start("touchstone", "up", "--data-dir", self.data, "--listen", "127.0.0.1:0")
        self.assertEqual(again.ended(), USAGE)
        self.assertIn("was moved to Kafka", again.errors())

        at = self.start_all()
        self.assertEqual(self.moments(at["classification"]), moments)
        self.assertEqual(self.ids_of(7, at["classification"]), journey)
        self.assertEqual(self.escalations(at["routing"]), escalations)
        # Sent again, nothing is taken twice; and what is new goes all the way.
        self.send(at["ingestion"], "order.delivered")
        self.send(at["ingestion"], "complaint.made", ', "topic": "damage"')
        until(lambda: len(self.rules(at["classification"], "third.damaged")) == CUSTOMERS, "a disappointment for everybody", 60)
        until(lambda: len(self.escalations(at["routing"])) == len(escalations) + CUSTOMERS, "an escalation for everybody", 60)
        found = self.moments(at["classification"])
        self.assertLessEqual(moments.items(), found.items())
        self.assertEqual(len(self.rules(at["classification"], "second.first-order-delight")), CUSTOMERS)
        self.assertEqual(len(self.ids_of(7, at["classification"])), len(journey) + 1)
        sent = self.requests(at["outreach"])
        self.assertEqual(len(set(sent)), len(sent), "no send is asked for twice")
        self.assertLessEqual(set(sends), set(sent))
        self.stop_all()

    def test_half_an_export_is_seen_and_completed(self):
        suite = self.up()
        address = suite.ready()
        self.send(address, "order.purchased")
        self.await_idle(address)
        self.assertEqual(suite.stop(signal.SIGTERM), 0)
        half = subprocess.Popen([BIN / "touchstone", *map(str, self.export)], cwd=ROOT, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        def has_begun():
            self.assertIsNone(half.poll(), "it was faster")
            return self.command("topics", "plan", "--brokers", self.brokers, "--prefix", self.prefix).returncode == 1

        until(has_begun, "it has begun")
        half.kill()
        half.wait()
        done = self.command("topics", "plan", "--brokers", self.brokers, "--prefix", self.prefix)
        self.assertIn("message.timestamp.type is CreateTime", done.stderr)
        lines = self.json_lines(*self.export)
        self.assertTrue(lines)


if __name__ == "__main__":
    kafka_services.main()
