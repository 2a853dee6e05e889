"""What earlier builds wrote, and what they answered then."""

import json
import tarfile
import time

from processes import ROOT

GOLDEN = sorted(path.parent for path in (ROOT / "tests/golden").glob("*/answers.json"))
# Escalations and outreaches are kept for 90 days after their end.
KEPT_S = 80 * 24 * 3600


def unpack(golden, folder):
    with tarfile.open(golden / "data.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return folder / "data", json.loads((golden / "answers.json").read_text())


def compare(test, answers, classification, routing, outreach):
    """All that was answered then is answered now; time may have added something."""
    for customer, then in answers["journeys"].items():
        test.assertEqual(test.ids_of(customer, classification), then["touchpoints"], customer)
        moments = test.json_lines("moments", "--name", f"customer:{customer}", "--address", classification)
        now = [[moment["id"], moment["rule"], moment["occur_time"]] for moment in moments]
        for moment in then["moments"]:
            test.assertIn(moment, now, customer)
    if time.time() - answers["time"] > KEPT_S:
        print("escalations and outreaches of this folder ended too long ago to be there still")
        return
    escalations = {escalation["id"]: escalation["status"]
                   for escalation in test.json_lines("escalations", "list", "--address", routing)}
    test.assertLessEqual(set(answers["escalations"]), set(escalations))
    for escalation, status in answers["closed"].items():
        test.assertEqual(escalations[escalation], status)
    outreaches = {found["id"] for found in test.json_lines("outreach", "list", "--address", outreach)}
    test.assertLessEqual(set(answers["outreaches"]), outreaches)


def send_on(test, answers, ingestion, classification):
    """A repeat is known as one, and what is new is taken in."""
    customer = next(iter(answers["journeys"]))
    before = test.ids_of(customer, classification)
    known, = [kept["touchpoint"] for kept in test.json_lines("journey", f"customer:{customer}", "--address", classification)[0]
              ["touchpoints"] if kept["touchpoint"]["id"] == before[0]]
    new = {"id": "after-the-upgrade", "source": "shop", "type": "site.visited", "channel": "CHANNEL_WEB",
           "names": [{"kind": "NAME_KIND_CUSTOMER", "value": customer}]}
    done = test.command("send", "--address", ingestion, stdin=json.dumps(known) + "\n" + json.dumps(new) + "\n")
    test.assertEqual(done.returncode, 0, done.stderr)
    test.until_equal(lambda: test.ids_of(customer, classification), before + ["after-the-upgrade"])
