"""Real orders through the whole suite: imported twice, they are there once, and what is found stands beside the one-line rule."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from processes import ROOT, EndToEndTest  # noqa: E402

DATA = pathlib.Path(os.environ.get("TOUCHSTONE_DATA", ROOT / "../shared/data")) / "orders"
FILES = ["orders.csv", "customers.csv", "payments.csv", "reviews.csv"]
# A report is no promise: this only says that nothing is lost on the way from a row to a moment.
F1_BELOW_ONE_LINE_MAX = 0.01


class OrdersTest(EndToEndTest):
    def test_orders_are_imported_once_and_judged_as_well_as_the_one_line_rule(self):
        address = self.up().ready()
        first = self.imported(address)
        moments = self.score(address)
        again = self.imported(address)
        self.assertEqual(first, again)
        scores = self.score(address)
        self.assertEqual(moments["moments"], scores["moments"], "a repeat changes nothing")
        self.assertEqual([], self.json_lines("dead-letters", "--address", address))
        judged = {(row["rows"], row["judge"]): row["f1"] for row in scores["scores"]}
        print(json.dumps(scores, indent=1))
        for rows in {rows for rows, _ in judged}:
            ours = [f1 for (of, judge), f1 in judged.items() if of == rows and judge != "one line"]
            self.assertGreaterEqual(max(ours), judged[rows, "one line"] - F1_BELOW_ONE_LINE_MAX, rows)

    def imported(self, address):
        done = self.command("import", "--address", address, "--mapping", "deploy/mappings/orders.yaml", "--rejects",
                            self.folder / "rejects.csv", "--json", *[DATA / name for name in FILES])
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout.splitlines()[-1])
        return {key: value for key, value in result.items() if key in ("touchpoints", "sent", "accepted", "rejected")}

    def score(self, address):
        done = subprocess.run([ROOT / "tools/score/disappointment", "--data", DATA, "--address", address, "--json"], cwd=ROOT,
                              capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    if not DATA.is_dir():
        print(f"skipped: there is no folder {DATA}; TOUCHSTONE_DATA may name the one above it")
        sys.exit(77)
    unittest.main()
