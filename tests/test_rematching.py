"""What is imported again keeps its keys, and what was written by hand: rules of two documents, without any file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.content.documents import load_document
from service.domain.documents import Resource, UnitDocument
from service.domain.keys import derived
from service.interchange.matching import Thing, matched
from service.interchange.rematching import fitted, put_into, rematch
from tests.tides import BANK, PAGE, Raw, bank, edited, items, options, page, raw_of

MINE: Raw = {"key": "mine", "title": "A thing of mine"}


def regroup(raw: Raw) -> None:
    """Put two readings of the page into a section of one's own."""
    moved = items(raw)[:2]
    del items(raw)[:2]
    raw["sections"].insert(0, {"key": "first-of-all", "title": "First of all", "items": moved})


def reword_note(raw: Raw) -> None:
    """Write a note of the page anew."""
    (note,) = [one["note"] for one in items(raw) if "note" in one]
    note["text"] = "Rain makes no tide."


BY_HAND: dict[str, Callable[[Raw], object]] = {
    "what to read before": lambda raw: items(raw)[0].update(before=[MINE]),
    "a reading in an option": lambda raw: options(raw)[0]["items"].append(MINE),
    "an option": lambda raw: options(raw).insert(1, {"key": "ours", "items": [MINE]}),
    "the label of an option": lambda raw: options(raw)[0].update(label="Canada"),
    "the title of the unit": lambda raw: raw["unit"].update(title="Ebb and flow", summary="Ours."),
    "the title of a resource": lambda raw: raw["resources"]["newton-on-tides"].update(title="Newton"),
    "the words of a note": reword_note,
    "the order of readings": lambda raw: items(raw).reverse(),
    "the order of sections": lambda raw: raw["sections"].reverse(),
    "sections of one's own": regroup,
    "a section": lambda raw: raw["sections"].insert(1, {"key": "ours", "title": "Ours", "items": [MINE]}),
    "a meeting": lambda raw: raw["meetings"].insert(1, {"key": "wed", "day": "wednesday"}),
    "slides": lambda raw: raw["meetings"][0].update(materials=[{"url": "https://tides.example/slides"}]),
    "a term": lambda raw: raw.update(terms=[{"key": "ebb", "term": "ebb", "text": "Going out."}]),
    "what the linter is to ignore": lambda raw: raw.update(lint=[{"ignore": "link-http", "because": "ours"}]),
}
LATER = PAGE.replace("of Saint-Malo", "of St. Malo").replace("Friday", "Thursday").replace("Newton on", "Newton about")


@pytest.mark.parametrize("what", BY_HAND)
def test_what_was_written_by_hand_survives_the_same_page(what: str) -> None:
    edit = edited(page(), BY_HAND[what])
    assert edit != page()
    assert rematch(edit, page(), {}) == edit


@pytest.mark.parametrize("what", [one for one in BY_HAND if one not in {"the title of a resource"}])
def test_what_was_written_by_hand_survives_a_page_that_changed_elsewhere(what: str) -> None:
    unit = rematch(edited(page(), BY_HAND[what]), page(LATER), {})
    assert [one.key for one in unit.meetings if one.key != "wed"] == ["monday", "friday"]
    assert "thursday" in {one.day for one in unit.meetings}
    assert {resource.title for resource in unit.resources.values()} >= {"Tables of St. Malo", "Newton about tides"}
    again = edited(rematch(page(), page(LATER), {}), BY_HAND[what])
    assert unit == again


def choices(raw: Raw) -> list[Raw]:
    """The choices of the first question."""
    found: list[Raw] = raw["questions"][0]["choices"]
    return found


def key_choices(raw: Raw) -> None:
    """Give choices keys of one's own."""
    for choice, key in zip(choices(raw), ("moon", "sun", "wind"), strict=True):
        choice["key"] = key


def draw(raw: Raw) -> None:
    """Draw from what the bank's quiz asks in order."""
    raw["quizzes"][0]["draw"] = [{"take": 2, "from": raw["quizzes"][0].pop("questions")}]


OF_QUESTIONS: dict[str, Callable[[Raw], object]] = {
    "keys of choices": key_choices,
    "feedback of a choice": lambda raw: choices(raw)[1].update(feedback="It is further away."),
    "feedback": lambda raw: raw["questions"][0].update(feedback={"general": "Look at the moon."}),
    "hints and points": lambda raw: raw["questions"][1].update(hints=[{"text": "Count."}], points="2"),
    "a rubric": lambda raw: raw["questions"][3].update(rubric=[{"text": "Says that water goes out."}]),
    "a question": lambda raw: raw["questions"].insert(1, {"key": "why", "kind": "open", "stem": "Why?"}),
    "the order of questions": lambda raw: raw["questions"].reverse(),
    "settings of the quiz": lambda raw: raw["quizzes"][0].update(title="Ours", mode="practice", reveal="after_each"),
    "what the quiz asks": lambda raw: raw["quizzes"][0].update(questions=raw["quizzes"][0]["questions"][2:0:-1]),
    "a pool": draw,
    "the title": lambda raw: raw["unit"].update(title="Ebb and flow"),
}


@pytest.mark.parametrize("what", OF_QUESTIONS)
def test_what_was_written_by_hand_survives_the_same_bank(what: str) -> None:
    edit = edited(bank(), OF_QUESTIONS[what])
    assert edit != bank()
    assert rematch(edit, bank(), {}) == edit
    assert put_into(edit, bank(), {}) == edit


@pytest.mark.parametrize("what", [one for one in OF_QUESTIONS if one != "the order of questions"])
def test_what_was_written_by_hand_survives_a_bank_in_which_every_question_changed(what: str) -> None:
    later = BANK.replace("The wind", "A strong wind").replace("#2", "#2:0.1").replace("spring", "spring tide")
    later = later.replace("in a word", "in one word")
    unit = rematch(edited(bank(), OF_QUESTIONS[what]), bank(later), {})
    assert unit == edited(rematch(bank(), bank(later), {}), OF_QUESTIONS[what])


# ------------------------------------------------------------------------------------------- which is which


def keys_by_stem(unit: UnitDocument) -> dict[str, str]:
    """The keys of questions by their first words."""
    return {" ".join(one.stem.split()[:3]): one.key for one in unit.questions}


def test_a_choice_that_was_repaired_keeps_its_key_wherever_it_stands_now() -> None:
    edit = edited(bank(), key_choices)
    unit = rematch(edit, bank(BANK.replace("{=The moon ~The sun ~The wind}", "{~A wind ~The sun =The full moon}")), {})
    assert {one["text"]: one["key"] for one in choices(raw_of(unit))} == {
        "A wind": "wind",
        "The sun": "sun",
        "The full moon": "moon",
    }
    swapped = bank(BANK.replace("{=The moon ~The sun ~The wind}", "{~The sun ~The wind =Gravity}"))
    unkeyed = choices(raw_of(rematch(bank(), swapped, {})))
    assert [one.get("key", "") for one in unkeyed] == ["", "", derived("The moon")]
    assert rematch(rematch(bank(), swapped, {}), swapped, {}) == rematch(bank(), swapped, {})


def test_what_was_wrong_is_not_what_is_right_now() -> None:
    edit = edited(bank(), key_choices)
    turned = rematch(edit, bank(BANK.replace("=The moon ~The sun ~The wind", "=The moon ~The sun ~%50%Gravity")), {})
    assert "wind" not in {one.get("key") for one in choices(raw_of(turned))}
    fed = edited(bank(), lambda raw: choices(raw)[0].update(feedback="Yes."))
    wrong = rematch(fed, bank(BANK.replace("=The moon ~The sun", "~The moon =The sun")), {})
    assert "feedback" not in choices(raw_of(wrong))[0]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("What is a tide, really? {=water ~wind}", "What is a tide really? {=water ~winds}", True),
        ("What does MHW mean on a chart? {=mean high water}", "What does LAT mean on a chart? {=lowest tide}", False),
        ("Why is the sea salty? {=rivers}", "When is the sea salty? {=rivers}", True),
        ("Why is the sea salty? {=rivers}", "Name the largest ocean. {=the Pacific}", False),
    ],
)
def test_a_new_wording_keeps_the_key_and_a_new_question_does_not(before: str, after: str, same: bool) -> None:
    (was,), (now,) = bank(before).questions, rematch(bank(before), bank(after), {}).questions
    assert (was.key == now.key) is same


def test_questions_with_the_same_stem_are_told_apart_by_their_answers() -> None:
    before = "Which is true? {=The sea is salt ~The sea is sweet}\n\nWhich is true? {=Ice swims ~Ice sinks in water}\n"
    after = "Which is true? {=Ice swims ~Ice falls in water}\n\nWhich is true? {=The sea is salt ~A sea is sweet}\n"
    first, second = bank(before).questions
    assert [one.key for one in rematch(bank(before), bank(after), {}).questions] == [second.key, first.key]


def test_a_key_that_begins_as_another_contents_hash_by_chance_is_not_that_contents() -> None:
    old = Thing("which-of-these-is-ab12", {}, "Which of these is wet?", content_hash="ab12000000000000")
    new = Thing("which-of-these-is-ab12", {}, "Which of these is far, dry and old?", content_hash="ab12999999999999")
    assert matched([new], [old]) == {}
    again = Thing("which-of-these-is-ab12", {}, "Something else", content_hash="ab12000000000000")
    assert matched([again], [old])


def test_a_question_of_another_kind_keeps_what_any_kind_has() -> None:
    several = "::Which:: Which of these are seas? {~%50%North ~%50%Baltic ~%-100%Rhine}\n"
    was = edited(bank(several), lambda raw: raw["questions"][0].update(level="remember"))
    (now,) = rematch(was, bank("::Which:: Which of these are seas? {=North =Baltic}\n"), {}).questions
    assert (now.key, now.kind, now.level) == ("which", "short_text", "remember")


# -------------------------------------------------------------------------------------------- what is gone


def test_what_is_gone_leaves_nothing_behind_that_refers_to_it() -> None:
    def refer(raw: Raw) -> None:
        objective, reading = raw["objectives"][0]["key"], items(raw)[0]["key"]
        raw["questions"].append({"key": "own", "kind": "open", "stem": "Why?", "objectives": [objective]})
        raw["questions"][-1]["answers_from"] = [{"reading": reading}]
        raw["quizzes"].append(
            {"key": "own", "title": "Own", "draw": [{"take": 1, "where": {"objectives": [objective]}}]}
        )
        items(raw)[1]["extension_of"] = reading
        options(raw)  # three, of which one is to be done at least
        items(raw)[-1]["choose"].update(min=3, max=3)

    both = edited(put_into(page(), bank(), {}), refer)
    text = PAGE.replace("- Read [How tides come about](https://tides.example/how)\n", "")
    text = text.replace("- Explain why there are two tides a day\n", "")
    unit = rematch(both, page(text.replace("- [Tables of the Solent](https://tides.example/solent)\n", "")), {})
    own = next(one for one in unit.questions if one.key == "own")
    assert (own.objectives, own.answers_from) == ((), ())
    assert [one.key for one in unit.quizzes] == [one.key for one in bank().quizzes]
    assert len(options(raw_of(unit))) == 2 and len(unit.questions) == 5
    draw_all = edited(edited(both, draw), lambda raw: raw["quizzes"][0]["draw"][0].update(take=4))
    fewer = put_into(draw_all, bank(BANK.split("\n\nWhich tide", maxsplit=1)[0]), {})
    assert fewer.quizzes[0].draw[0].take == 2, "four of two cannot be drawn"
    assert len(fewer.quizzes[0].draw[0].from_) == 2


def test_a_choice_of_ones_own_asks_for_no_more_than_is_left_on_the_page() -> None:
    def choose(raw: Raw) -> None:
        moved = items(raw)[:2]
        del items(raw)[:2]
        made = [{"key": f"option-{one['key']}"[:60], "items": [one]} for one in moved]
        group = {"key": "either", "prompt": "Either will do:", "min": 2, "options": made}
        raw["sections"].insert(0, {"key": "ours", "title": "Ours", "items": [{"choose": group}]})

    own = edited(page(), choose)
    assert rematch(own, page(), {}) == own
    gone = "- Watch [The tides at Mont-Saint-Michel](https://tides.example/mont)\n"
    fewer = raw_of(rematch(own, page(PAGE.replace(gone, "")), {}))
    group = items(fewer)[0]["choose"]
    assert len(group["options"]) == 1 and group.get("min", 1) == 1
    none = PAGE.replace(gone, "").replace("- Read [How tides come about](https://tides.example/how)\n", "")
    assert "items" not in raw_of(rematch(own, page(none), {}))["sections"][0]


def test_what_somebodys_own_needs_comes_back() -> None:
    text = "Look at this table of tides.\n\nWhen is it high? {=noon}\n"

    def use(raw: Raw) -> None:
        raw["questions"][0]["parameters"] = {"n": {"one_of": ["1", "2"]}}
        own = {"key": "own", "kind": "open", "stem": "And {{ n }} days on?"}
        own |= {"stimulus": raw["stimuli"][0]["key"], "same_parameters_as": raw["questions"][0]["key"]}
        raw["questions"].append(own)

    unit = rematch(edited(bank(text), use), bank("Something else altogether? {T}\n"), {})
    own = next(one for one in unit.questions if one.key == "own")
    assert own.stimulus == unit.stimuli[0].key and set(own.parameters) == {"n"}


def test_what_the_course_describes_is_not_described_once_more() -> None:
    newton = load_document(Resource, {"title": "Newton, Book III", "url": "https://tides.example/newton"})
    other = load_document(Resource, {"title": "Another", "url": "https://tides.example/other"})
    shared = {"newton": newton, "how-tides-come-about": other}
    unit = fitted(page(), shared)
    assert "newton-on-tides" not in unit.resources and unit.sections[1].items[0].resource == "newton"  # type: ignore[union-attr]
    assert "how-tides-come-about" not in unit.resources and "how-tides-come-about-2" in unit.resources
    assert rematch(unit, page(), shared) == unit
