"""The four services as processes of their own on the broker that TOUCHSTONE_KAFKA names."""

import os
import sys
import unittest

from processes import EndToEndTest, until

SERVICES = ("ingestion", "classification", "routing", "outreach")
SKIPPED = 77


class KafkaServicesTest(EndToEndTest):
    """A test sets `settings` (flags for all services) before it starts any."""

    def setUp(self):
        super().setUp()
        self.brokers = os.environ["TOUCHSTONE_KAFKA"]
        # Each test has topics of its own.
        self.prefix = f"e2e-{os.getpid()}-{self._testMethodName}."
        self.settings = []

    def start_all(self):
        """Their sockets, by service, once all of them serve."""
        sockets = {service: f"unix:{self.folder}/{service}.socket" for service in SERVICES}
        self.running = [self.start_one(service, f"{service}-1", sockets[service]) for service in SERVICES]
        for service, server in zip(SERVICES, self.running):
            until(lambda s=service, p=server: self.serves(sockets[s], p), f"{service} serves")
        return sockets

    def start_one(self, service, instance, socket):
        return self.start(f"touchstone-{service}", "--set", f"kafka.bootstrap_servers={self.brokers}",
                          "--set", f"kafka.prefix={self.prefix}", *self.settings, "--set", f"listen={socket}",
                          "--set", f"instance={instance}", "--set", f"kafka.data_dir={self.folder}/{instance}")

    def serves(self, address, server):
        self.assertIsNone(server.process.poll(), server.errors())
        return self.command("status", "--address", address).returncode == 0

    def stop_all(self):
        for server in self.running:
            self.assertEqual(server.stop(), 0, server.errors())


def main():
    if not os.environ.get("TOUCHSTONE_KAFKA"):
        print("skipped: TOUCHSTONE_KAFKA names no broker; tools/kafka run COMMAND starts one beside a command")
        sys.exit(SKIPPED)
    unittest.main()
