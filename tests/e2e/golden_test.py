"""Data folders that earlier builds wrote are opened by this one, and go on."""

import unittest

from golden import GOLDEN, compare, send_on, unpack
from processes import EndToEndTest


class GoldenTest(EndToEndTest):
    def test_a_folder_of_an_earlier_build_goes_on(self):
        self.assertTrue(GOLDEN)
        for golden in GOLDEN:
            with self.subTest(golden=golden.name):
                data, answers = unpack(golden, self.folder / golden.name)
                verified = self.command("verify", data)
                self.assertEqual(verified.returncode, 0, verified.stderr)
                suite = self.start("touchstone", "up", "--data-dir", data, "--listen", "127.0.0.1:0")
                at = suite.ready()
                compare(self, answers, at, at, at)
                send_on(self, answers, at, at)
                self.assertEqual(suite.stop(), 0, suite.errors())


if __name__ == "__main__":
    unittest.main()
