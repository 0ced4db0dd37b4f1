"""Whatever a client sends is read or refused in words, for every kind, and never breaks anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import questions
from service.domain.outcomes import InvalidResponse, Status
from tests.domain.sitting import Sitting
from tests.domain.sixteen import SITTINGS

NASTY: list[Any] = [
    True,
    0,
    1.5,
    "",
    "text",
    [],
    [[]],
    {"unknown": 1},
    {"choice": 1},
    {"choice": ["a"]},
    {"choice": "no such id"},
    {"choice": "\0"},
    {"value": "true"},
    {"value": 1},
    {"choices": "a"},
    {"choices": {}},
    {"choices": ["no such id"]},
    {"choices": [None]},
    {"choices": ["x"] * 1000},
    {"text": 5},
    {"text": ["a"]},
    {"text": "\0"},
    {"text": "\ud800"},
    {"text": "x" * 100_000},
    {"gaps": []},
    {"gaps": {"gap-1": 5}},
    {"gaps": {"gap-99": {"text": "x"}}},
    {"gaps": {"gap-1": {"choice": "no such id"}}},
    {"pairs": []},
    {"pairs": {"a": "b"}},
    {"order": {}},
    {"order": []},
    {"order": ["a", "a"]},
    {"text": "x", "choice": "y"},
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choice", "choices", "value", "text", "gaps", "gap-1", "gap-2", "pairs", "order", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def read_and_grade(sitting: Sitting, raw: object) -> None:
    """Reading gives a canonical form that JSON can hold and grading takes, or refuses with a sentence."""
    try:
        response = sitting.read(raw)
    except InvalidResponse as refused:
        assert refused.message.endswith((".", "alone.", "null."))  # noqa: PT017
        assert refused.mistakes[0].pointer.count("/") <= 4  # noqa: PT017
        return
    assert json.loads(json.dumps(response)) == response
    outcome = questions.grade(sitting.revision, sitting.key, sitting.values, response)
    assert (outcome.status is Status.UNANSWERED) == (response is None)
    if outcome.status is Status.INVALID:
        with pytest.raises(InvalidResponse):
            sitting.refuse(raw)
    again = questions.present_response(sitting.revision, sitting.values, sitting.layout, response)
    assert sitting.read(again) == response


@pytest.mark.parametrize("key", SITTINGS)
def test_nasty_responses_are_read_or_refused(key: str) -> None:
    for raw in NASTY:
        read_and_grade(SITTINGS[key], raw)


@given(st.sampled_from(sorted(SITTINGS)), json_values)
def test_any_json_is_read_or_refused(key: str, raw: object) -> None:
    read_and_grade(SITTINGS[key], raw)


@pytest.mark.parametrize("key", SITTINGS)
def test_null_clears_an_answer(key: str) -> None:
    assert SITTINGS[key].read(None) is None


@pytest.mark.parametrize("key", SITTINGS)
def test_a_refusal_does_not_depend_on_the_key(key: str) -> None:
    """Reading takes no key at all; this holds as long as it stays so."""
    sitting = SITTINGS[key]
    for raw in NASTY:
        refused = []
        for _ in range(2):
            try:
                refused.append(str(sitting.read(raw)))
            except InvalidResponse as error:
                refused.append(error.message)
        assert refused[0] == refused[1]
