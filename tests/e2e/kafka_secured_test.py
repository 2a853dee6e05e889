"""A broker that wants a password over TLS: the right one, from a file, is let in; a wrong one is told, and appears nowhere."""

import os
import subprocess
import sys
import urllib.request
import unittest

from processes import ROOT, EndToEndTest, free_port, until

FAILED, USAGE = 1, 2
SKIPPED = 77
WRONG = "hunter2-is-wrong"


class KafkaSecuredTest(EndToEndTest):
    @classmethod
    def setUpClass(cls):
        cls.broker = ROOT / f"build/kafka/secured-{os.getpid()}"
        cls.tools_kafka("start", "--secured")
        cls.address = (cls.broker / "secured.address").read_text().strip()
        cls.right = cls.broker / "secured.settings"

    @classmethod
    def tearDownClass(cls):
        cls.tools_kafka("stop")
        subprocess.run(["rm", "-rf", cls.broker], check=True)

    @classmethod
    def tools_kafka(cls, *words):
        subprocess.run([ROOT / "tools/kafka", *words, "--dir", cls.broker], check=True, stdout=subprocess.DEVNULL, timeout=120)

    def right_lines(self):
        return self.right.read_text().splitlines(keepends=True)

    def settings(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def service(self, settings_file, *more):
        return self.start("touchstone-ingestion", "--set", f"kafka.bootstrap_servers={self.address}",
                          "--set", f"kafka.settings_file={settings_file}", "--set", f"secret_file={self.secret_file()}",
                          "--set", f"kafka.data_dir={self.folder}/kafka", "--set", f"listen=unix:{self.folder}/socket", *more)

    def test_let_in_by_a_file_of_settings(self):
        applied = self.command("topics", "apply", "--brokers", self.address, "--settings-file", self.right)
        self.assertEqual(applied.returncode, 0, applied.stderr)
        checked = self.command("topics", "check", "--brokers", self.address, "--settings-file", self.right)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        admin = f"127.0.0.1:{free_port()}"
        service = self.service(self.right, "--set", "kafka.settings.debug=conf,security", "--admin", admin, "--log-level", "debug")
        at = f"unix:{self.folder}/socket"
        until(lambda: self.command("status", "--address", at).returncode == 0, "it serves", 90)
        password = next(line for line in self.right.read_text().splitlines() if "password" in line).split("=")[1]
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=10) as answer:
            self.assertNotIn(password, answer.read().decode())
        self.assertNotIn(password, self.command("status", "--address", at, "--json").stdout)
        self.assertEqual(service.stop(), 0)
        self.assertNotIn(password, service.errors())

    def test_a_wrong_password_is_told_and_not_repeated(self):
        wrong = self.settings("wrong", "".join(
            f"sasl.password={WRONG}\n" if "password" in line else line for line in self.right_lines()))
        service = self.service(wrong, "--set", "kafka.settings.debug=conf,security,broker", "--log-level", "debug")
        self.assertEqual(service.ended(), FAILED)
        self.assertIn(f"the cluster at {self.address} does not let this process in", service.errors())
        self.assertNotIn(WRONG, service.errors())
        checked = self.command("topics", "check", "--brokers", self.address, "--settings-file", wrong)
        self.assertEqual(checked.returncode, FAILED)
        self.assertIn("does not let this process in", checked.stderr)
        self.assertNotIn(WRONG, checked.stderr + checked.stdout)

    def test_a_certificate_of_nobody_known(self):
        stranger = self.settings("stranger", "".join(line for line in self.right_lines() if "ssl.ca" not in line))
        checked = self.command("topics", "check", "--brokers", self.address, "--settings-file", stranger)
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn("see ssl.* in the settings", checked.stderr)

    def test_a_file_that_others_may_read(self):
        open_to_all = self.settings("open", f"sasl.password={WRONG}\n", 0o644)
        service = self.service(open_to_all)
        self.assertEqual(service.ended(), FAILED)
        self.assertIn("chmod 600", service.errors())
        self.assertNotIn(WRONG, service.errors())


if __name__ == "__main__":
    if not os.environ.get("TOUCHSTONE_KAFKA"):
        print("skipped: TOUCHSTONE_KAFKA names no broker, and so none is had here; tools/kafka run COMMAND starts one")
        sys.exit(SKIPPED)
    unittest.main()
