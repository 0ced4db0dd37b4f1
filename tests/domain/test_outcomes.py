"""Outcomes: exact, stable, rounded once."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.outcomes import RULES, InvalidResponse, Outcome, Status, shown


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ("1", "1.00"),
        ("1/3", "0.33"),
        ("2/3", "0.67"),
        ("0.005", "0.01"),
        ("0.004999", "0.00"),
        ("0", "0.00"),
        ("12.345", "12.35"),
    ],
)
def test_points_are_shown_with_two_places_half_up(points: str, text: str) -> None:
    assert str(shown(Fraction(points))) == text


def test_three_thirds_are_one() -> None:
    third = Outcome.worth(Fraction(1, 3), "some rule")
    total = sum((third.points(Fraction(1)) for _ in range(3)), Fraction(0))
    assert total == 1
    assert str(shown(total)) == "1.00"
    assert str(shown(third.points(Fraction(1)))) == "0.33"


@given(st.fractions(min_value=0, max_value=1))
def test_the_status_follows_from_the_credit(credit: Fraction) -> None:
    expected = Status.CORRECT if credit == 1 else Status.INCORRECT if credit == 0 else Status.PARTIAL
    assert Outcome.worth(credit, "some rule").status is expected


@given(st.fractions(min_value=0, max_value=1), st.none() | st.text(), st.booleans())
def test_an_outcome_survives_being_stored(credit: Fraction, matched: str | None, right: bool) -> None:
    outcome = Outcome.worth(credit, "some rule", matched=matched, breakdown=({"of": "a", "right": right},))
    assert Outcome.from_json(json.loads(json.dumps(outcome.as_json()))) == outcome


def test_an_outcome_always_has_the_same_members() -> None:
    assert json.dumps(Outcome(Status.INVALID, None, "numeric").as_json()) == (
        '{"status": "invalid", "credit": null, "rule": "numeric", "rules": "'
        + RULES
        + '", "matched": null, "mistake": null, "breakdown": []}'
    )


def test_an_outcome_of_other_rules_keeps_their_name() -> None:
    stored = Outcome.unanswered("numeric").as_json() | {"rules": "hornbook-0"}
    assert Outcome.from_json(stored).rules == "hornbook-0"


def test_nothing_answered_is_no_points_and_not_wrong() -> None:
    outcome = Outcome.unanswered("numeric")
    assert outcome.status is Status.UNANSWERED
    assert outcome.points(Fraction(5)) == 0


def test_what_cannot_be_read_says_what_and_where() -> None:
    refused = InvalidResponse("Too long.", "gaps", "gap-1")
    assert str(refused) == refused.message == "Too long."
    assert [mistake.pointer for mistake in refused.mistakes] == ["/gaps/gap-1"]
