"""Fifty-odd ways to damage a unit's file: each is reported at the line it was done to, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.seeding.loader import SeedRefused, load_folder
from tests.conftest import COURSES

WHOLE = (COURSES / "tides" / "units" / "01-tides.yaml").read_text()

DAMAGE: dict[str, tuple[str, str, str]] = {
    # What was done: (what stood there, what stands there now, what is said of it).
    "another format": ("hornbook/unit@1", "hornbook/unit@7", "The format here is hornbook/unit@1"),
    "a key with a capital": ("  key: tides", "  key: Tides", "“tides” would be one"),
    "a field with a slip": ("summary: The", "sumary: The", "did you mean `summary`?"),
    "a word for a number": ("position: 1", "position: first", "whole number"),
    "a day there is not": ("starts: 2026-03-02", "starts: 2026-02-30", "no such day"),
    "a day the other way round": ("starts: 2026-03-02", "starts: 02.03.2026", "like 2026-03-21"),
    "a status there is not": ("status: published\n  summary", "status: publish\n  summary", "“published”?"),
    "a colon in a title": ("Why the sea rises twice a day", "Tides: why the sea rises", "colon"),
    "a tab": ("  position: 1", "\tposition: 1", "tab"),
    "a level there is not": ("level: understand", "level: understood", "did you mean “understand”?"),
    "an objective twice": ("key: compute-range", "key: explain-bulges", "its own"),
    "no text": ("text: Compute a tidal range., ", "", "`text` is missing"),
    "an isbn that lost a digit": ('"9780000000002"', '"978000000000"', "10 or 13 digits"),
    "a kind of resource there is not": ("kind: dataset", "kind: data set", "did you mean “dataset”?"),
    "a relation to nothing": ("part_of: ocean-book", "part_of: ocean-bok", "did you mean “ocean-book”?"),
    "an address that is none": ('"https://sea.example/film"', "sea.example/film", "https://sea.example/film"),
    "a script for an address": ('"https://sea.example/table"', '"javascript:alert(1)"', "https"),
    "half a quotation": ('"https://sea.example/spring"', '"https://sea.example/spring', "is not closed"),
    "a resource there is not": ("resource: moon-film", "resource: moonfilm", "did you mean “moon-film”?"),
    "a verb there is not": ("verb: watch", "verb: wach", "did you mean “watch”?"),
    "an importance there is not": ("minutes: 30,", "minutes: 30, importence: required,", "`importance`"),
    "minutes in words": ("minutes: 20", "minutes: twenty", "whole number"),
    "an objective there is not": ("30, objectives: [explain-bulges]", "30, objectives: [explain]", "no objective"),
    "a bracket not closed": ("30, objectives: [explain-bulges]}", "30, objectives: [explain-bulges}", "is missing"),
    "more asked for than there is": ("min: 1", "min: 3", "only 2 options"),
    "less allowed than asked for": ("max: 2", "max: 0", "at least `min`"),
    "an extension of nothing": ("extension_of: skim-neap", "extension_of: skim-nep", "did you mean “skim-neap”?"),
    "an extension of itself": ("extension_of: skim-neap", "extension_of: skim-neap-more", "itself"),
    "an extension that is required": ("importance: extension, ext", "importance: required, ext", "never counts"),
    "a reading twice": ("key: tide-table", "key: chapter", "Another reading has the key"),
    "a day of no week": ("day: thursday", "day: thursdays", "did you mean “thursday”?"),
    "a day and a date": ("day: monday}", "day: monday, date: 2026-03-02}", "one of the two"),
    "a list for a text": ("title: At the harbour", "title: [At, the harbour]", "not a list"),
    "an alias": ("harbours: [Leith, Oban, Wick]", "harbours: *leith", "*"),
    "no right choice": ("{text: Two, correct: true,", "{text: Two,", "none is marked"),
    "two right choices": ("text: One, feedback", "text: One, correct: true, feedback", "2 are marked"),
    "the same choice twice": ("text: Four", "text: One", "twice"),
    "a question twice": ("key: moon-alone", "key: how-many-bulges", "its own"),
    "neither true nor false": ("answer: false", "answer: no", "Write `false`, not “no”."),
    "a kind of question there is not": ("kind: true_false", "kind: true-false", "did you mean “true_false”?"),
    "a passage of nothing": ("film}]\n    feedback: {if_true", "flim}]\n    feedback: {if_true", "no reading"),
    "a parameter there is not": ("{{ high:.1f }}", "{{ hihg:.1f }}", "hihg"),
    "a formula that breaks off": ("{expr: high - low,", "{expr: high -,", "formula"),
    "a function there is not": ("{expr: high - low,", "{expr: hi(low),", "hi"),
    "code for a formula": ("{expr: high - low,", "{expr: __import__('os'),", "__import__"),
    "a tolerance below nothing": ("- low, tolerance: {abs: 0.05}", "- low, tolerance: {abs: -0.05}", "not negative"),
    "no tolerance": ("{expr: high - low, tolerance: {abs: 0.05}}", "{expr: high - low}", "how close"),
    "a mistake that is right": ("{expr: high + low,", "{expr: high - low,", "accepted as right"),
    "points below nothing": ("kind: multiple_choice", "kind: multiple_choice\n    points: -1", "oints"),
    "a pattern that never ends": ("accept: [ebb, ebb tide]", "accept: [{re: '(ebb'}]", "This pattern cannot be used"),
    "a gap without a part": ("[[size]]", "[[sice]]", "sice"),
    "a part without its answer": ("answer: largest}", "answer: large}", "large"),
    "a weight of nothing": ("accept: [spring]}", "accept: [spring], weight: 0}", "weight"),
    "two steps": ("steps: [High water, Ebb, Low water, Flood]", "steps: [High water, Ebb]", "3"),
    "words counted backwards": ("max_words: 100", "max_words: 0", "min_words"),
    "a stimulus there is not": ("stimulus: heights", "stimulus: heigths", "did you mean “heights”?"),
    "a quiz of nothing": ("questions: [how-many-bulges, range,", "questions: [how-many-bulge, range,", "did you mean"),
    "a mode there is not": ("mode: deferred", "mode: defered", "did you mean “deferred”?"),
    "a question asked twice": ("      - moon-alone", "      - how-many-bulges", "twice"),
    "more drawn than there is": ("{take: 1, from: [range, fill-in]}", "{take: 3, from: [range, fill-in]}", "3"),
    "a second document": ("quizzes:", "---\nquizzes:", "document"),
    "a field twice": ("    mode: immediate", "    mode: immediate\n    mode: practice", "already given on line 170"),
}  # fmt: skip


ELSEWHERE = {
    "no right choice": ["none is marked"],
    "two right choices": ["2 are marked"],
    "an objective twice": ["no objective “compute-range”"],
    "a reading twice": ["no reading “tide-table”"],
    "a question twice": ["no question “moon-alone”"],
    "a gap without a part": ["no gap [[size]]"],
}
"""What is said at other lines: at the head of the list that is wrong as a whole, or where the lost name was used."""


def changed_lines(new: str) -> set[int]:
    """The numbers of the lines that differ from the whole file's, or stand behind its end."""
    before, after = WHOLE.splitlines(), new.splitlines()
    first = next(at for at, (old, now) in enumerate(zip(before, after, strict=False)) if old != now)
    last = next(at for at, (old, now) in enumerate(zip(before[::-1], after[::-1], strict=False)) if old != now)
    return set(range(first + 1, len(after) - last + 1))


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_reported_at_its_line_and_nowhere_else(name: str, tmp_path: Path) -> None:
    old, new, says = DAMAGE[name]
    assert WHOLE.count(old) == 1, "not the one place that was meant"
    folder = tmp_path / "tides"
    shutil.copytree(COURSES / "tides", folder)
    damaged = WHOLE.replace(old, new)
    (folder / "units" / "01-tides.yaml").write_text(damaged)
    with pytest.raises(SeedRefused) as refused:
        load_folder(folder)
    told = refused.value.located
    assert {Path(one.file).name for one in told} == {"01-tides.yaml"}
    lines = changed_lines(damaged)
    here = [one for one in told if one.line in lines]
    others = [
        one for one in told if one not in here and not any(word in one.message for word in ELSEWHERE.get(name, []))
    ]
    assert not others
    assert any(says in one.message for one in here or told), told
