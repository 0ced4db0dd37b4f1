"""What tries show of an objective: which of them count, the labels, mastery that stays, and how fresh it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.evidence import Try, estimate, evidence_in, label_of, newest_per_question
from service.domain.first_tries import MILLION
from service.domain.mastery import SPACING, first_mastered_at, retention

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=BERLIN)


def tried(question: str, right: bool = True, *, days: float = 0, **more: Any) -> Try:
    """A try so many days after the first noon."""
    said: dict[str, Any] = {
        "attempt": UUID(int=1),
        "slot": 1,
        "variant": "",
        "status": "correct" if right else "incorrect",
        "credit": MILLION if right else 0,
        "hinted": False,
        "solved": right,
        "answered_at": NOON + timedelta(days=days),
        "key_seen_at": None,
    }
    return Try(question=question, **{**said, **more})


LABELS = [
    ("", "not_enough_data"),
    ("rr", "not_enough_data"),
    ("www", "low"),
    ("rww", "low"),  # 1.5/4 = .375
    ("rrw", "learning"),  # 2.5/4 = .625
    ("rrr", "proficient"),  # 3.5/4 = .875
    ("rwww", "low"),  # 1.5/5 = .3
    ("rrww", "learning"),  # 2.5/5 = .5
    ("rrrw", "learning"),  # 3.5/5 = .7
    ("rrrrw", "learning"),  # 4.5/6 = .75
    ("rrrrrw", "learning"),  # 5.5/7 = .786
    ("rrrrrrw", "proficient"),  # 6.5/8 = .8125
    ("rrwwww", "low"),  # 2.5/7 = .357
    ("rrrwwww", "learning"),  # 3.5/8 = .4375
]


@pytest.mark.parametrize(("fared", "label"), LABELS)
def test_labels_need_three_questions_and_say_what_the_table_says(fared: str, label: str) -> None:
    newest = [tried(f"q{number}", one == "r") for number, one in enumerate(fared)]
    assert label_of(newest) == label


EXACTLY = [((MILLION, MILLION // 2, 0, 0), "low"), ((MILLION, MILLION, MILLION, MILLION // 2), "learning")]


@pytest.mark.parametrize(("shares", "label"), EXACTLY)
def test_exactly_four_and_eight_tenths_belong_to_the_lower_label(shares: tuple[int, ...], label: str) -> None:
    newest = [tried(f"q{number}", credit=credit) for number, credit in enumerate(shares)]
    assert estimate(newest) * 10 in {4, 8} and label_of(newest) == label


NO_EVIDENCE = [
    {"hinted": True},
    {"status": "unanswered", "credit": 0},
    {"status": "needs_review", "credit": None},
    {"status": "invalid", "credit": None},
]


@pytest.mark.parametrize("fault", NO_EVIDENCE)
def test_hinted_blank_and_unreadable_tries_are_no_evidence(fault: dict[str, Any]) -> None:
    assert evidence_in([tried("q", **fault)], BERLIN) == []


def test_a_variant_whose_key_was_seen_that_day_shows_nothing_and_on_the_next_day_it_does() -> None:
    seen = tried("q", right=False, key_seen_at=NOON + timedelta(minutes=5))
    same_day, next_day = tried("q", days=0.1), tried("q", days=1)
    other_variant, meanwhile = tried("q", days=0.1, variant="2"), tried("q", days=0.001)
    assert evidence_in([seen, same_day], BERLIN) == [seen]
    assert evidence_in([seen, next_day], BERLIN) == [seen, next_day]
    assert evidence_in([seen, other_variant], BERLIN) == [seen, other_variant]
    # Another attempt, answered before the key of the first was to be seen.
    assert evidence_in([seen, meanwhile], BERLIN) == [seen, meanwhile]


def test_days_are_those_of_the_course() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=BERLIN)
    seen = tried("q", right=False, answered_at=late, key_seen_at=late)
    again = tried("q", answered_at=late + timedelta(hours=1))
    assert evidence_in([seen, again], BERLIN) == [seen, again]
    assert evidence_in([seen, again], ZoneInfo("UTC")) == [seen]


def test_only_the_newest_try_of_a_question_counts() -> None:
    first, second, other = tried("q", right=False), tried("q", days=2), tried("other", days=1)
    assert newest_per_question(evidence_in([second, first, other], BERLIN)) == [other, second]


@pytest.mark.parametrize(
    ("fared", "at"),
    [("rr", None), ("rrr", 2), ("rwrr", 3), ("wrrr", 3), ("rwrwr", None), ("wwrrr", 4), ("rwwrr", None), ("rrwr", 3)],
)
def test_mastery_is_three_right_of_the_last_four_questions(fared: str, at: int | None) -> None:
    evidence = [tried(f"q{number}", one == "r", days=number) for number, one in enumerate(fared)]
    assert first_mastered_at(evidence) == (None if at is None else NOON + timedelta(days=at))


def test_three_times_the_same_question_is_no_mastery() -> None:
    assert first_mastered_at([tried("q", days=day) for day in range(5)]) is None


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=20))
def test_what_comes_later_never_moves_the_first_mastery(history: list[tuple[str, bool]]) -> None:
    evidence = [tried(question, right, days=number) for number, (question, right) in enumerate(history)]
    moments = [first_mastered_at(evidence[:count]) for count in range(len(evidence) + 1)]
    for before, after in pairwise(moments):
        assert before is None or after == before


def test_what_was_right_lasts_longer_each_time() -> None:
    evidence: list[Try] = []
    day = 0
    for lasts in SPACING:
        evidence.append(tried("q", days=day))
        told = [retention(evidence, NOON + timedelta(days=day + passed), BERLIN) for passed in (0, lasts - 1, lasts)]
        assert told[0] == "fresh" and told[1] in {"fading", "fresh"} and told[2] == "due"
        day += lasts
    assert retention([*evidence, tried("q", right=False, days=day)], NOON + timedelta(days=day), BERLIN) == "due"
    assert retention([tried("q", right=False)], NOON, BERLIN) is None
