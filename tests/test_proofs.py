"""A finished attempt proves its score: it can be worked out anywhere, once its keys may be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.db import Database
from service.domain.attempts import Policy, Reveal, Shown, Standing, how_much_to_show, may_see_key
from tests.cast import Client, answer_of
from tests.quizzing import Taken, change_settings, take
from tests.world import START


def recompute(proof: Any, folder: Path) -> Result:
    """Run the command on a proof."""
    file = folder / "proof.json"
    file.write_text(json.dumps(proof))
    return CliRunner().invoke(main, ["recompute", str(file)])


@pytest.mark.parametrize("right", [True, False])
def test_a_score_is_worked_out_from_its_proof_alone(
    ana: Client, everything: str, database: Database, right: bool, tmp_path: Path
) -> None:
    change_settings(database, everything, mode="immediate", reveal="after_each", penalty="1/10")
    every_kind = take(ana, everything, database)
    checked = every_kind.slot("numeric")
    answer_of(every_kind.check(checked, every_kind.wrong(checked), 1))
    for slot in every_kind.slots:
        if slot["slot"] != checked:
            number, is_open = slot["slot"], slot["question"]["kind"] == "open"
            response = every_kind.right(number) if right and not is_open else every_kind.wrong(number)
            answer_of(every_kind.save(number, response, base_rev=0))
    assert every_kind.client.get(f"/attempts/{every_kind.id}/proof").status_code == 409
    score = answer_of(every_kind.submit())["score"]
    proof = answer_of(every_kind.client.get(f"/attempts/{every_kind.id}/proof"))
    assert proof["complete"]
    done = recompute(proof, tmp_path)
    assert done.exit_code == 0, done.output
    assert f"{score['points']} of {score['possible']} points" in done.output


def test_a_proof_that_was_changed_or_is_of_other_rules_is_refused_by_name(taken: Taken, tmp_path: Path) -> None:
    taken.answer_everything(right=False)
    answer_of(taken.submit())
    proof = answer_of(taken.client.get(f"/attempts/{taken.id}/proof"))
    forged = json.loads(json.dumps(proof))
    forged["slots"][0]["grade"]["credit"] = "1/2"
    assert recompute(forged, tmp_path).exit_code == 1 and "1/2 was given" in recompute(forged, tmp_path).output
    swapped = json.loads(json.dumps(proof))
    swapped["slots"][0]["key"]["feedback"]["general"] = {"markdown": "x"}
    assert "is not the one that its digest was made of" in recompute(swapped, tmp_path).output
    for wrong, says in (
        ({**proof, "rules": "hornbook-0"}, "hornbook-0"),
        ({**proof, "format": "x"}, "no proof"),
        ({**proof, "slots": [{}]}, "missing or has been changed"),
        ([], "no proof"),
    ):
        refused = recompute(wrong, tmp_path)
        assert refused.exit_code == 1 and says in refused.output, refused.output


@pytest.fixture
def hidden(ana: Client, prep_check: str, database: Database) -> Taken:
    """An attempt at a quiz that never says what was right."""
    change_settings(database, prep_check, reveal="never")
    return take(ana, prep_check, database)


def test_until_keys_may_be_seen_a_proof_holds_digests_in_their_place(hidden: Taken, tmp_path: Path) -> None:
    hidden.answer_everything(right=True)
    answer_of(hidden.submit())
    proof = answer_of(hidden.client.get(f"/attempts/{hidden.id}/proof"))
    assert not proof["complete"] and all(len(slot["key_digest"]) == 64 for slot in proof["slots"])
    assert not any({"key", "question", "grade"} & slot.keys() for slot in proof["slots"])
    refused = recompute(proof, tmp_path)
    assert refused.exit_code == 1 and "not shown yet" in refused.output


#                   open         open, checked  open, closed  finished     finished and closed quiz
SHOWN: dict[tuple[str, str], str] = {
    ("immediate", "after_each"):        "nothing feedback key      key     key",
    ("immediate", "after_submission"):  "nothing status   status   key     key",
    ("immediate", "after_close"):       "nothing status   status   status  key",
    ("immediate", "never"):             "nothing status   status   status  status",
    ("deferred", "after_each"):         "nothing nothing  nothing  key     key",
    ("deferred", "after_submission"):   "nothing nothing  nothing  key     key",
    ("deferred", "after_close"):        "nothing nothing  nothing  nothing key",
    ("deferred", "never"):              "nothing nothing  nothing  nothing nothing",
    ("practice", "after_each"):         "nothing feedback key      key     key",
    ("practice", "after_submission"):   "nothing status   status   key     key",
    ("practice", "after_close"):        "nothing status   status   status  key",
    ("practice", "never"):              "nothing status   status   status  status",
}  # fmt: skip


@pytest.mark.parametrize("withheld", [False, True])
@pytest.mark.parametrize(("mode", "reveal"), SHOWN)
def test_what_may_be_seen_is_what_the_policy_says(mode: Any, reveal: Reveal, withheld: bool) -> None:
    policy = Policy(mode=mode, reveal=reveal, closes=START)
    before, after = START.replace(year=2025), START.replace(year=2027)
    rows = [
        (Standing(closed=False, checked=False, finished=False, withheld=withheld), before),
        (Standing(closed=False, checked=True, finished=False, withheld=withheld), before),
        (Standing(closed=True, checked=True, finished=False, withheld=withheld), before),
        (Standing(closed=True, checked=True, finished=True, withheld=withheld), before),
        (Standing(closed=True, checked=True, finished=True, withheld=withheld), after),
    ]
    seen = [how_much_to_show(policy, standing, now).name.lower() for standing, now in rows]
    expected = ["nothing"] * 5 if withheld else SHOWN[mode, reveal].split()
    assert seen == expected
    keys = [may_see_key(policy, standing, now) for standing, now in rows]
    assert keys == [name == Shown.KEY.name.lower() for name in expected]
