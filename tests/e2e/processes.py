"""Programs of ours as processes of their own: started, waited for, stopped. Nothing outlives a test."""

import ctypes
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["TOUCHSTONE_BIN"])
os.environ.pop("TOUCHSTONE_ADDRESS", None)
DEADLINE_S = 30
POLL_S = 0.05
SECRET = "7" * 64


def die_with_the_test():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def until(condition, what, within=DEADLINE_S):
    """Asks `condition` until it gives something true, which is returned."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(POLL_S)


def free_port():
    """One that nobody listens at, for a program that cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as freed:
        return freed.getsockname()[1]


class Server:
    """A program that serves until it is told to stop."""

    def __init__(self, program, *flags):
        self.said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [BIN / program, *map(str, flags)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.said, preexec_fn=die_with_the_test)

    def ready(self):
        """The address it serves at, once it says so. Once."""
        deadline = time.monotonic() + DEADLINE_S
        heard = b""
        while not heard.endswith(b"\n"):
            left = max(0, deadline - time.monotonic())
            if not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError("it does not say that it is ready: " + self.errors())
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                raise AssertionError(f"it ended with {self.process.wait()}: " + self.errors())
            heard += byte
        word, address = heard.decode().split()
        assert word == "ready", heard
        return address

    def ended(self, within=DEADLINE_S):
        """Its exit code, when it ends by itself."""
        return self.process.wait(timeout=within)

    def stop(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        return self.ended()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.said.close()

    def errors(self):
        self.said.seek(0)
        return self.said.read()


class EndToEndTest(unittest.TestCase):
    def setUp(self):
        self.servers = []
        folder = tempfile.TemporaryDirectory(prefix="touchstone-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def tearDown(self):
        for server in self.servers:
            server.kill()

    def start(self, program, *flags):
        server = Server(program, *flags)
        self.servers.append(server)
        return server

    def up(self, *flags):
        """`touchstone up` in this test's folder, on a free port."""
        return self.start("touchstone", "up", "--data-dir", self.folder / "data", "--listen", "127.0.0.1:0", *flags)

    def command(self, *words, stdin=""):
        """A `touchstone` command that ends by itself."""
        return subprocess.run([BIN / "touchstone", *map(str, words)], cwd=ROOT, input=stdin, capture_output=True, text=True,
                              timeout=DEADLINE_S, check=False)

    def json_lines(self, *words, stdin=""):
        done = self.command(*words, "--json", stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def status(self, address):
        return self.json_lines("status", "--address", address)[0]

    def until_equal(self, ask, expected):
        """Waits; where it does not come, what was there instead is told."""
        try:
            until(lambda: ask() == expected, expected)
        except AssertionError:
            self.assertEqual(ask(), expected)

    def await_idle(self, address):
        """Until every task has processed what there is."""
        until(lambda: all(int(task.get("lag", 0)) == 0 for task in self.status(address)["tasks"]), "idle")

    def ids_of(self, customer, address):
        """The ids of a customer's newest 200 touchpoints, in the order of the journey."""
        journey, = self.json_lines("journey", f"customer:{customer}", "--address", address)
        return [kept["touchpoint"]["id"] for kept in journey["touchpoints"]]

    def secret_file(self):
        path = self.folder / "secret"
        path.write_text(SECRET + "\n")
        path.chmod(0o600)
        return path
