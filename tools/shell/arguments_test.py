"""What the project's commands say to a word that they do not know, and to --help: before anything is installed or built."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
USAGE = 2
COMMANDS = ["tools/bench", "tools/demo", "tools/kafka", "tools/lint", "tools/score/disappointment", "tools/setup", "tools/test", ".ci/run"]
WRONG = [
    *[(command, "--bogus") for command in COMMANDS],
    ("tools/bench", "--only", "bogus"), ("tools/bench", "--only"), ("tools/bench", "--json"), ("tools/bench", "bogus"),
    ("tools/demo", "--stay", "bogus"),
    ("tools/kafka", "bogus"), ("tools/kafka", "start", "--dir"), ("tools/kafka", "stop", "bogus"), ("tools/kafka", "run"),
    ("tools/lint", "bogus"), ("tools/lint", "--base"), ("tools/lint", "--base", "bogus"),
    ("tools/setup", "bogus"), ("tools/setup", "build", "bogus"),
    ("tools/test", "--preset", "bogus"), ("tools/test", "--label", "bogus"), ("tools/test", "--match"), ("tools/test", "bogus"),
    (".ci/run", "bogus"),
]


def run(*words, folder=ROOT):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


class ArgumentsTest(unittest.TestCase):
    def test_what_is_not_known_is_named(self):
        for words in WRONG:
            with self.subTest(words):
                done = run(*words)
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(words[-1], done.stderr)
                self.assertEqual(done.stdout, "")

    def test_help_says_what_there_is(self):
        for command in COMMANDS:
            with self.subTest(command):
                done = run(command, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertNotIn("set -", done.stdout)
                self.assertGreater(len(done.stdout.splitlines()), 1)
                path = ROOT / command
                self.assertEqual(run(f"./{path.name}", "--help", folder=path.parent).stdout, done.stdout, "from another folder")


if __name__ == "__main__":
    unittest.main()
