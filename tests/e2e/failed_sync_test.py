"""A disk that fails when it is told to keep what was written: `strace` has every sync of the real process fail. It ends at once, with
a word, and never asks a second time; what was acknowledged before is there after a restart."""

import collections
import re
import shutil
import signal
import subprocess
import sys
import unittest

from processes import BIN, ROOT, EndToEndTest, until

FAILED = 1
SKIPPED = 77
SYNCS = "fsync,fdatasync"
INJECT = ("strace", "-f", "-y", "-qq", "-e", f"trace={SYNCS}", "-e", f"inject={SYNCS}:error=EIO")
TAKEN = 50


def may_trace():
    """Whether a process may be attached to here."""
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen(["sleep", "30"]) as sleeper:
        tracer = subprocess.run(["timeout", "-s", "INT", "1", "strace", "-p", str(sleeper.pid)], capture_output=True, check=False)
        sleeper.kill()
    return b"attached" in tracer.stderr and b"not permitted" not in tracer.stderr


class FailedSyncTest(EndToEndTest):
    def send(self, number, address):
        return self.command("send", "--address", address, "--type", "site.visited", "--name", "customer:7", "--id", number)

    def failed_syncs(self, trace):
        """How often a sync of each file was made to fail."""
        failed = re.findall(r"(?:fsync|fdatasync)\(\d+<([^>]*)>.*EIO", trace.read_text())
        return collections.Counter(failed)

    def test_a_suite_at_work_ends_and_loses_nothing(self):
        suite = self.up()
        address = suite.ready()
        for number in range(TAKEN):
            self.assertEqual(self.send(number, address).returncode, 0)
        trace = self.folder / "trace"
        tracer = subprocess.Popen([*INJECT, "-o", trace, "-p", str(suite.process.pid)], stderr=subprocess.PIPE)
        self.addCleanup(tracer.stderr.close)
        self.addCleanup(tracer.wait)
        self.addCleanup(tracer.kill)
        until(lambda: self.is_traced(suite.process.pid), "strace is attached")
        refused = self.send(TAKEN, address)
        self.assertNotEqual(refused.returncode, 0, "what is not durable is not acknowledged")
        self.assertEqual(suite.ended(), -signal.SIGABRT, suite.errors())
        self.assertRegex(suite.errors(), r"fsync of its write-ahead log failed: IO error: .*Input/output error")
        self.assertIn("What was acknowledged is safe", suite.errors())
        self.assertIn("a failed write is never retried", suite.errors())
        self.assertIn(str(self.folder / "data"), suite.errors())
        failed = self.failed_syncs(trace)
        self.assertTrue(any(path.endswith(".log") for path in failed), failed)
        self.assertEqual(set(failed.values()), {1}, "no file is synced again after it failed")

        address = self.up().ready()
        self.await_idle(address)
        self.assertLessEqual({str(number) for number in range(TAKEN)}, set(self.ids_of(7, address)))
        self.assertEqual(self.send(TAKEN, address).returncode, 0)

    @staticmethod
    def is_traced(pid):
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:
            return not re.search(r"^TracerPid:\s+0$", status.read(), re.MULTILINE)

    def test_a_start_ends_with_a_word(self):
        command = ("up", "--data-dir", self.folder / "data", "--listen", "127.0.0.1:0")
        for where, prepare in (("a new folder", lambda: None), ("a folder that is there", self.make_folder)):
            with self.subTest(where):
                prepare()
                done = subprocess.run([*INJECT, "-o", self.folder / "trace", BIN / "touchstone", *map(str, command)], cwd=ROOT,
                                      capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, FAILED, done.stderr)
                self.assertIn("Input/output error", done.stderr)
                self.assertIn(str(self.folder / "data"), done.stderr)
                self.assertEqual(done.stdout, "", "it was never ready")
                shutil.rmtree(self.folder / "data")

    def make_folder(self):
        suite = self.up()
        self.assertEqual(self.send(1, suite.ready()).returncode, 0)
        suite.stop(signal.SIGKILL)


if __name__ == "__main__":
    if not may_trace():
        print("skipped: strace is not here (tools/setup installs it), or may not trace")
        sys.exit(SKIPPED)
    unittest.main()
