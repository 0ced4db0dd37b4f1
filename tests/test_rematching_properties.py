"""What holds whatever is imported again: keys are found, nothing is lost, and the same changes nothing."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.content.documents import dump_document, load_document, load_unit
from service.domain.documents import UnitDocument
from service.interchange.gift import read_bank
from service.interchange.hugo import read_page
from service.interchange.matching import ALIKE, Thing, matched
from service.interchange.rematching import put_into, rematch
from service.interchange.weaving import woven
from tests.hugo_pages import page_by_chance
from tests.test_reimporting import BANK
from tests.tides import Raw, bank, edited, items, page, raw_of

REFERRING = {
    *("key", "resource", "see_also", "extension_of", "objectives", "reading", "reading_group", "stimulus"),
    *("questions", "from"),
}
"""The fields in which keys stand."""


def with_other_keys(raw: Any, names: dict[str, str]) -> Any:
    """The same document in which every key, and whatever refers to it, has another name."""
    if isinstance(raw, list):
        return [with_other_keys(one, names) for one in raw]
    if not isinstance(raw, dict):
        return raw
    made: Raw = {}
    for field, value in raw.items():
        if field == "resources":
            made[field] = {names.get(key, key): with_other_keys(one, names) for key, one in value.items()}
        elif field in REFERRING and isinstance(value, str):
            made[field] = names.get(value, value)
        elif field in REFERRING and all(isinstance(one, str) for one in value):
            made[field] = [names.get(one, one) for one in value]
        else:
            made[field] = with_other_keys(value, names)
    return made


def keys_in(raw: Any) -> set[str]:
    """Every key of a document, those of its resources included."""
    if isinstance(raw, list):
        return {key for one in raw for key in keys_in(one)}
    if not isinstance(raw, dict):
        return set()
    own = {raw["key"]} if "key" in raw else set()
    return own | set(raw.get("resources", ())) | {key for value in raw.values() for key in keys_in(value)}


def whole() -> UnitDocument:
    """A unit in which everything refers to something."""

    def refer(raw: Raw) -> None:
        objective, reading = raw["objectives"][0]["key"], items(raw)[0]["key"]
        raw["sections"][1]["objectives"] = items(raw)[1]["objectives"] = [objective]
        items(raw)[1]["extension_of"] = reading
        raw["meetings"][0]["materials"] = [{"resource": "newton-on-tides"}]
        raw["resources"]["newton-on-tides"]["see_also"] = ["how-tides-come-about"]
        first = raw["questions"][0] | {"objectives": [objective], "answers_from": [{"reading": reading}]}
        raw["questions"][0] = first | {"answers_from": [{"reading_group": items(raw)[-1]["choose"]["key"]}]}
        where = {"take": 1, "where": {"objectives": [objective]}}
        pool = {"take": 1, "from": [raw["questions"][1]["key"]]}
        raw["quizzes"].append(
            {"key": "drawn", "title": "Drawn", "draw": [where, pool], "source": raw["unit"]["source"]}
        )

    return edited(put_into(page(), bank(), {}), refer)


@given(st.randoms(use_true_random=False))
def test_other_keys_for_the_same_make_no_difference(chance: random.Random) -> None:
    unit = whole()
    keys = sorted(keys_in(raw_of(unit)) - {unit.unit.key})
    changed = [key for key in keys if chance.random() < 0.7]
    names = {key: f"k{number}" for number, key in enumerate(changed)}
    assert rematch(unit, load_unit(with_other_keys(raw_of(unit), names)), {}) == unit


@given(st.permutations(range(12)), st.sets(st.integers(0, 11), max_size=12), st.integers(0, 9))
def test_keys_survive_another_order_and_new_wordings(order: list[int], reworded: set[int], place: int) -> None:
    before = [stem(number) for number in range(12)]
    after = [
        " ".join(["newly" if at == place and number in reworded else word for at, word in enumerate(text.split())])
        for number, text in enumerate(before)
    ]
    first = bank("\n\n".join(f"{text}? {{=right {number} ~wrong}}" for number, text in enumerate(before)))
    second = bank("\n\n".join(f"{after[number]}? {{=right {number} ~wrong}}" for number in order))
    unit = rematch(first, second, {})
    assert [one.key for one in unit.questions] == [first.questions[number].key for number in order]
    assert rematch(unit, second, {}) == unit


def stem(number: int) -> str:
    """A question in ten words, of which no other has more than two."""
    words = [f"{word}{number}" for word in ("how", "far", "does", "water", "run", "when", "moons", "are")]
    return " ".join(["Say", *words, "now"])


@given(st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True))
def test_weaving_loses_nothing_and_keeps_the_first_order(first: list[int], second: list[int]) -> None:
    together = woven(first, second)
    assert [one for one in together if one in first] == first
    assert sorted(together) == sorted({*first, *second})
    assert woven(together, second) == together


def test_a_thousand_reworded_questions_are_found_again_in_no_time() -> None:
    chance = random.Random(7)
    words = [f"word{number}" for number in range(400)]
    texts = [[chance.choice(words) for _ in range(12)] for _ in range(1000)]
    old = [Thing(f"old-{at}", {}, "What of the " + " ".join(text)) for at, text in enumerate(texts)]
    new = [Thing(f"new-{at}", {}, "What about the " + " ".join(["else", *text[1:]])) for at, text in enumerate(texts)]
    chance.shuffle(new)
    began = time.perf_counter()
    pairs = matched(new, old)
    assert time.perf_counter() - began < 5, "it takes a tenth of that"
    assert {key.removeprefix("new-"): one.key.removeprefix("old-") for key, one in pairs.items()} == {
        str(at): str(at) for at in range(1000)
    }


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_importing_the_same_again_changes_nothing_and_a_change_loses_no_key(start: int) -> None:
    for seed in range(start, start + 50):
        page = page_by_chance(seed)
        unit = read_page(page.text, "units/03-chance.md").unit
        assert rematch(unit, read_page(page.text, "units/03-chance.md").unit, {}) == unit
        bank = read_bank(BANK, "units/quiz.gift").unit
        both = put_into(unit, bank, {})
        assert put_into(both, bank, {}) == both
        assert rematch(both, unit, {}) == both
        lines = page.text.split("\n")
        random.Random(seed).shuffle(lines)
        other = rematch(both, read_page("\n".join(lines), "units/03-chance.md").unit, {})
        assert other.questions == both.questions
        again = dump_document(rematch(other, read_page("\n".join(lines), "units/03-chance.md").unit, {}))
        assert again == dump_document(other)


def test_things_are_matched_by_name_then_content_then_address_then_text_then_likeness() -> None:
    old = [
        Thing("a", {}, "the moon pulls at the sea"),
        Thing("b", {}, "two bulges", "https://b.example"),
        Thing("c", {}, "same text here", content_hash="1"),
        Thing("d", {}, "neap"),
        Thing("e", {}, "twice"),
        Thing("f", {}, "twice"),
    ]
    new = [
        Thing("x", {}, "The moon pulls at every sea."),
        Thing("y", {}, "quite another title", "https://b.example"),
        Thing("z", {}, "same text here", content_hash="1"),
        Thing("d", {}, "quite unlike it"),
        Thing("w", {}, "twice"),
        Thing("v", {}, "nothing like the others"),
    ]
    pairs = {key: thing.key for key, thing in matched(new, old).items()}
    assert pairs == {"x": "a", "y": "b", "z": "c", "d": "d"}, "of two that say the same neither is guessed"
    assert 0.5 < ALIKE < 1


def rearranged(unit: UnitDocument, chance: random.Random) -> UnitDocument:
    """The unit as somebody left it who moved things about in its file, and added some."""
    raw = json.loads(json.dumps(dump_document(unit)))
    sections = raw.get("sections", [])
    for section in sections:
        chance.shuffle(section.get("items", []))
    chance.shuffle(sections)
    chance.shuffle(raw.get("questions", []))
    if sections:
        items = chance.choice(sections).setdefault("items", [])
        own = {"key": "own-section", "title": "Our own", "items": [items.pop()] if items else []}
        items.insert(0, {"key": "own", "title": "A thing of our own"})
        sections.insert(chance.randrange(len(sections) + 1), own)
    return load_document(UnitDocument, raw)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_what_was_moved_about_by_hand_stays_there_until_the_page_moves_it(start: int) -> None:
    for seed in range(start, start + 50):
        chance = random.Random(seed)
        page = page_by_chance(seed).text.split("\n")
        imported = read_page("\n".join(page), "units/03-chance.md").unit
        edited = rearranged(put_into(imported, read_bank(BANK, "units/quiz.gift").unit, {}), chance)
        assert rematch(edited, imported, {}) == edited
        del page[chance.randrange(len(page))]
        page.insert(chance.randrange(len(page) + 1), page.pop(chance.randrange(len(page))))
        later = read_page("\n".join(page), "units/03-chance.md").unit
        once = rematch(edited, later, {})
        assert rematch(once, later, {}) == once
        assert {one.key for one in once.questions} == {one.key for one in edited.questions}
