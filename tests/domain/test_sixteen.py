"""Sixteen questions of every kind through the whole way: checked, drawn, shown, answered, explained."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import questions
from service.domain.outcomes import Status
from tests.domain.sitting import Sitting, lay_out, problems
from tests.domain.sixteen import BY_KEY, CANARY, SITTINGS, sit_for, stimulus_of

every_question = pytest.mark.parametrize("key", SITTINGS)
PUBLIC = {
    *("kind", "points", "stem", "stimulus", "choices", "allow_none", "units", "fractions", "lefts", "rights", "steps"),
    *("gaps", "min_words", "max_words", "id", "text", "markdown", "html"),
}


def members(shown: Any) -> set[str]:
    """Every member name anywhere in JSON."""
    if isinstance(shown, dict):
        return set(shown) | {name for value in shown.values() for name in members(value)}
    return {name for value in shown for name in members(value)} if isinstance(shown, list) else set()


@every_question
def test_nothing_is_wrong_with_it(key: str) -> None:
    assert problems(BY_KEY[key], stimulus_of(BY_KEY[key]), BY_KEY) == []


@every_question
def test_everything_about_it_is_json(key: str) -> None:
    sitting = SITTINGS[key]
    for stored in (sitting.revision, sitting.key, sitting.values, sitting.layout, sitting.shown()):
        assert json.loads(json.dumps(stored)) == stored


@every_question
def test_it_does_not_depend_on_the_order_of_json_members(key: str) -> None:
    """A database may store objects with their members in another order."""
    sitting = SITTINGS[key]
    turned = Sitting(*(_turned(part) for part in (sitting.revision, sitting.key, sitting.values, sitting.layout)))
    assert turned.shown() == sitting.shown()
    assert turned.explain(sitting.right()) == sitting.explain(sitting.right())


def _turned(stored: Any) -> Any:
    if isinstance(stored, dict):
        return {name: _turned(stored[name]) for name in reversed(stored)}
    return [_turned(member) for member in stored] if isinstance(stored, list) else stored


@every_question
def test_the_right_answer_is_right(key: str) -> None:
    for seed in range(5):
        sitting = sit_for(key, seed)
        right = sitting.right()
        if key == "in-your-words":
            assert sitting.grade({"text": "It just is."}).status is Status.NEEDS_REVIEW
            continue
        assert sitting.grade(right).status is Status.CORRECT
        assert sitting.explain(right)["status"] == "correct"


@every_question
def test_what_is_shown_has_no_place_for_a_key(key: str) -> None:
    shown = SITTINGS[key].shown()
    assert members(shown) <= PUBLIC
    assert CANARY.lower() not in json.dumps(shown).lower()


@every_question
def test_neither_the_revision_nor_the_layout_tells_the_answer(key: str) -> None:
    """Both may hold author's keys; neither holds a text, mark or order of the key."""
    sitting = SITTINGS[key]
    assert CANARY not in json.dumps([sitting.revision, sitting.layout])
    forbidden = {"right", "credit", "feedback", "order", "accept", "entries", "answer", "hints", "mistakes", "weight"}
    assert members(sitting.revision).isdisjoint(forbidden - {"order"})
    assert members(sitting.layout).isdisjoint(forbidden)


@every_question
def test_an_open_slot_tells_nothing_that_is_not_about_what_was_sent(key: str) -> None:
    sitting = SITTINGS[key]
    for raw in (None, sitting.right()):
        told = sitting.feedback(raw)
        assert "right" not in members(told)
        if sitting.revision["kind"] in {"multiple_choice", "matching", "ordering", "cloze"}:
            assert told.keys() == {"status"}


@every_question
def test_ids_are_drawn_by_chance_and_hold_no_authors_name(key: str) -> None:
    sitting = SITTINGS[key]
    drawn: list[str] = []
    chance = random.Random(11)
    for _ in range(2):
        layout = questions.lay_out(
            sitting.revision,
            sitting.key,
            sitting.values,
            shuffle=True,
            chance=chance,
            fresh=lambda: f"{int(chance.random() * 2**32):08x}",
        )
        shown = questions.show(sitting.revision, sitting.values, layout)
        drawn += re.findall(r'"id": "([0-9a-f]{8})"', json.dumps(shown))
    assert len(set(drawn)) == len(drawn)


def test_ids_that_repeat_are_drawn_again() -> None:
    sitting = SITTINGS["what-pulls"]
    numbers = iter("aabbac")
    layout = questions.lay_out(
        sitting.revision, sitting.key, {}, shuffle=True, chance=random.Random(0), fresh=lambda: next(numbers)
    )
    assert [shown for shown, _ in layout["choices"]] == ["a", "b", "c"]


@every_question
def test_a_layout_depends_on_chance_alone(key: str) -> None:
    sitting = SITTINGS[key]
    layouts = [lay_out(sitting.revision, sitting.key, sitting.values, random.Random(5)) for _ in range(2)]
    assert layouts[0] == layouts[1]


@given(st.sampled_from(sorted(SITTINGS)), st.integers(0, 10**6))
def test_equal_inputs_give_byte_equal_outcomes(key: str, seed: int) -> None:
    sitting = sit_for(key, seed)
    response = sitting.read(sitting.right() or {"text": "because"})
    outcomes = {
        json.dumps(questions.grade(*map(_turned, (sitting.revision, sitting.key, sitting.values, response))).as_json())
        for _ in range(3)
    }
    plain = questions.grade(sitting.revision, sitting.key, sitting.values, response).as_json()
    assert outcomes == {json.dumps(plain)}


def test_hints_are_counted_and_filled() -> None:
    sitting = sit_for("two-turns")
    assert questions.hint_count(sitting.key) == 1
    assert questions.hints(sitting.key, sitting.values) == [{"markdown": f"{CANARY} multiply {sitting.values['a']}"}]
    assert questions.hint_count(SITTINGS["name-it"].key) == 0


def test_html_is_shown_where_it_is_rendered_with_values_escaped() -> None:
    sitting = sit_for("two-turns")
    rendered = _rendered(sitting.revision)
    shown = questions.show(rendered, sitting.values | {"c": "<b>"}, sitting.layout)
    assert shown["stem"]["html"].startswith("<p>First turn 0.")
    assert "<b>" in shown["stem"]["markdown"]
    assert "&lt;b&gt;" in shown["stem"]["html"]


def _rendered(stored: Any) -> Any:
    """As publishing leaves it: HTML beside every Markdown."""
    if isinstance(stored, dict):
        if stored.keys() == {"markdown"}:
            return {**stored, "html": f"<p>{stored['markdown']}</p>"}
        return {name: _rendered(value) for name, value in stored.items()}
    return [_rendered(value) for value in stored] if isinstance(stored, list) else stored


@every_question
def test_rendering_changes_nothing_but_adds_html(key: str) -> None:
    sitting = SITTINGS[key]
    rendered = Sitting(_rendered(sitting.revision), _rendered(sitting.key), sitting.values, sitting.layout)
    assert _plain(rendered.shown()) == sitting.shown()
    assert rendered.right() == sitting.right()
    assert _plain(rendered.explain(sitting.right())) == sitting.explain(sitting.right())


def _plain(shown: Any) -> Any:
    if isinstance(shown, dict):
        return {name: _plain(value) for name, value in shown.items() if name != "html"}
    return [_plain(value) for value in shown] if isinstance(shown, list) else shown


@every_question
def test_a_change_of_the_key_is_no_change_of_the_revision(key: str) -> None:
    """Feedback, hints and mistakes are the key's; without them what is asked is the same."""
    document = questions.resolve(BY_KEY[key], BY_KEY)
    silent = replace(document, feedback=type(document.feedback)(), hints=(), mistakes_=())
    stimulus = stimulus_of(document)
    assert questions.split(silent, stimulus)[0] == questions.split(document, stimulus)[0]
