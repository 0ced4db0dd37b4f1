"""The course that comes with Hornbook: it says what its page says, and its keys are right by other means than ours."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, product
from math import exp
from typing import Any

import pytest

from service.content.questions import PreparedQuestion
from service.domain.documents import UnitDocument
from service.domain.kinds import KINDS
from service.domain.outline import outline
from tests import seeded
from tests.seeded import judged, keys, variants

UNITS = [loaded.document for loaded in seeded.course().units]

ADDRESSES = {
    "https://huggingface.co/blog/how-to-generate",
    "http://introtodeeplearning.com/",
    "https://link.springer.com/content/pdf/bfm%3A978-3-030-93158-2%2F1.pdf",
    "https://link.springer.com/book/10.1007/978-3-030-93158-2",
    "https://jmtomczak.github.io/blog.html",
    "https://github.com/jmtomczak/intro_dgm",
    "https://arxiv.org/abs/2101.00190",
    "https://arxiv.org/abs/2110.08329",
    "https://arxiv.org/abs/2106.13884",
    "https://arxiv.org/abs/2112.05253",
    "https://arxiv.org/abs/2112.10741",
    "https://ruder.io/ml-highlights-2021/",
    "https://web.stanford.edu/class/cs224n/slides/cs224n-2019-lecture15-nlg.pdf",
}

TOKENS = ["sunny", "cold", "nice", "wet", "purple", "Tuesday"]
PROBS = [Fraction(n, 100) for n in (40, 25, 15, 12, 5, 3)]


@pytest.fixture(scope="module")
def unit() -> UnitDocument:
    """Unit 11, with which the course was founded."""
    return seeded.unit("generation")


@pytest.fixture(scope="module")
def questions() -> Mapping[str, PreparedQuestion]:
    """Its questions by their keys, as they are stored."""
    return seeded.questions("generation")


# -------------------------------------------------------------------------------------------------- what the page says


def test_every_address_of_the_page_is_there_once(unit: UnitDocument) -> None:
    addresses = [resource.url for resource in unit.resources.values()]
    assert len(addresses) == 13
    assert set(addresses) == ADDRESSES


def test_what_is_asked_for_is_what_the_page_asks_for(unit: UnitDocument) -> None:
    preparation, supplemental = unit.sections
    items: list[Any] = list(preparation.items)
    assert [(item.verb, item.resource, item.importance, item.portion) for item in (items[0], items[1])] == [
        ("read", "hf-how-to-generate", "required", None),
        ("watch", "mit-6s191", "required", "Lecture 4"),
    ]
    (before,) = items[1].before
    assert (before.verb, before.portion, before.condition) == ("skim", "Lecture 3", "if you need the background")
    background, papers = items[3], items[4]
    assert (background.importance, background.min, len(background.options)) == ("optional", 0, 2)
    assert (papers.importance, papers.min, papers.verb) == ("required", 1, "skim")
    assert [[(reading.resource, reading.extension_of) for reading in option.items] for option in papers.options] == [
        [("prefix-tuning", None), ("control-prefixes", "skim-prefix-tuning")],
        [("frozen", None), ("magma", "skim-frozen")],
        [("glide", None)],
    ]
    assert supplemental.importance == "supplemental"
    assert len(supplemental.items) == 2
    assert [(meeting.day, meeting.title, meeting.kind) for meeting in unit.meetings] == [
        ("monday", None, "lecture"),
        ("wednesday", None, "lecture"),
        ("friday", "Guest Lecture", "guest"),
    ]


def test_the_founding_unit_has_sixteen_questions_and_two_quizzes(unit: UnitDocument) -> None:
    assert len(unit.questions) == 16
    assert [quiz.key for quiz in unit.quizzes] == ["prep-check", "review"]


# -------------------------------------------------------------------------------------------------- all of its units


def test_the_units_are_in_the_order_in_which_they_are_taught() -> None:
    order = sorted(UNITS, key=lambda document: document.unit.position)
    assert [document.unit.key for document in order] == ["transformers", "generation", "reinforcement-learning"]
    assert [document.unit.number for document in order] == ["10", "11", "12"]
    starts = [document.unit.starts for document in order]
    assert starts == sorted(starts, key=str)


def test_every_kind_of_question_and_of_quiz_is_there() -> None:
    assert {question.kind for document in UNITS for question in document.questions} == set(KINDS)
    assert {quiz.kind for document in UNITS for quiz in document.quizzes} == {"self_check", "pre", "post", "practice"}
    new = [document for document in UNITS if document.unit.key != "generation"]
    assert all(len(document.questions) >= 12 for document in new)
    for document in new:
        assert {question.kind for question in document.questions} == set(KINDS)


def test_what_several_units_read_is_described_once() -> None:
    shared = seeded.course().resources
    for key in shared:
        readers = [document for document in UNITS if key in {one.resource_key for one in outline(document).readings}]
        assert len(readers) >= 2, key
    addresses = [one.url for document in UNITS for one in document.resources.values()]
    addresses += [one.url for one in shared.values()]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize("document", UNITS, ids=lambda document: document.unit.key)
def test_everything_is_published_and_every_objective_is_asked_and_read_about(document: UnitDocument) -> None:
    assert {document.unit.status, *(quiz.status for quiz in document.quizzes)} == {"published"}
    assert seeded.course().course.status == "published"
    objectives = {objective.key for objective in document.objectives}
    placed = outline(document, seeded.course().resources).readings
    assert {one for question in document.questions for one in question.objectives} == objectives
    assert {one for reading in placed for one in reading.objectives} == objectives
    for question in document.questions:
        assert question.objectives and question.answers_from, question.key
    for reading in placed:
        assert reading.reading.minutes and reading.resource and reading.resource.url, reading.key


@pytest.mark.parametrize("document", UNITS, ids=lambda document: document.unit.key)
def test_every_choice_has_feedback(document: UnitDocument) -> None:
    questions: list[Any] = list(document.questions)
    for question in questions:
        parts = getattr(question, "parts", {})
        for asked in (question, *parts.values()):
            assert all(choice.feedback for choice in getattr(asked, "choices", ()))
        assert any((question.feedback.correct, question.feedback.incorrect, getattr(question, "choices", ()))) or (
            question.kind in ("open", "true_false")
        )


# ------------------------------------------------------------------------------- the keys, worked out by other means


def robot(values: dict[str, Any]) -> dict[str, tuple[Fraction, dict[str, Fraction]]]:
    """The model in the stems about the robot: a first token's probability, and those of what can follow it."""
    paints, slowly, poems = (Fraction(values[name]) for name in ("p_paints", "q_slowly", "q_poems"))
    walls = (1 - slowly) / 2
    return {
        "paints": (paints, {"slowly": slowly, "walls": walls, "cats": walls}),
        "writes": (Fraction("0.9") - paints, {"poems": poems, "code": 1 - poems}),
        "sings": (Fraction("0.1"), {"loudly": Fraction(1)}),
    }


def beam_search(values: dict[str, Any], width: int) -> tuple[str, Fraction]:
    """The text a beam search of some width returns, and its probability; width 1 is greedy."""
    model = robot(values)
    first = sorted(model, key=lambda token: model[token][0], reverse=True)[:width]
    return max(
        ((f"{one} {two}", model[one][0] * p) for one in first for two, p in model[one][1].items()),
        key=lambda found: found[1],
    )


def test_the_robots_probabilities_are_probabilities(questions: Mapping[str, PreparedQuestion]) -> None:
    seen = list(variants(questions["greedy-probability"]))
    assert len(seen) == 5 * 3 * 3
    for values in seen:
        model = robot(values)
        assert sum(p for p, _ in model.values()) == 1
        assert all(sum(following.values()) == 1 for _, following in model.values())
        assert Fraction(values["p_writes"]) == model["writes"][0]
        assert Fraction(values["q_walls"]) == model["paints"][1]["walls"]
        assert Fraction(values["q_code"]) == model["writes"][1]["code"]
        # What is shown with two decimal places is shown whole.
        assert all((Fraction(value) * 100).denominator == 1 for value in values.values())


def test_the_greedy_probability_is_that_of_a_beam_of_one(questions: Mapping[str, PreparedQuestion]) -> None:
    question = questions["greedy-probability"]
    for values in variants(question):
        text, probability = beam_search(values, 1)
        assert text == "paints slowly"
        assert judged(question, values, {"text": f"{float(probability):.3f}"}).credit == 1
        best, best_probability = beam_search(values, 3)
        assert best == "writes poems"
        for wrong, name in (
            (best_probability, "best-pair"),
            (Fraction(values["p_paints"]) + Fraction(values["q_slowly"]), "added"),
        ):
            outcome = judged(question, values, {"text": f"{float(wrong):.3f}"})
            assert outcome.credit == 0
            assert outcome.mistake == name


def test_two_beams_find_what_they_are_said_to_find(questions: Mapping[str, PreparedQuestion]) -> None:
    question = questions["beam-finds"]
    for values in variants(question):
        text, _ = beam_search(values, 2)
        for shown, key in keys(question).items():
            assert judged(question, values, {"choice": key}).credit == (1 if shown == text else 0)


def test_the_counterexample_to_beam_search_is_one(questions: Mapping[str, PreparedQuestion]) -> None:
    first = {"A": Fraction("0.40"), "B": Fraction("0.35"), "C": Fraction("0.25")}
    best_next = {"A": Fraction("0.40"), "B": Fraction("0.40"), "C": Fraction(1)}
    kept = sorted(first, key=lambda token: first[token])[-2:]
    assert max(first[one] * best_next[one] for one in kept) == Fraction("0.16")
    assert max(first, key=lambda one: first[one] * best_next[one]) == "C"
    assert judged(questions["beam-not-optimal"], {}, {"value": False}).credit == 1
    assert judged(questions["beam-not-optimal"], {}, {"value": True}).credit == 0


def test_the_table_is_the_one_in_the_text(unit: UnitDocument) -> None:
    (table,) = unit.stimuli
    rows = [line.strip("| ").split(" | ") for line in table.text.splitlines() if line.startswith("| ")][1:]
    assert rows == [list(row) for row in zip(table.data["tokens"], table.data["probs"], strict=True)]
    assert [Fraction(p) for p in table.data["probs"]] == PROBS
    assert sum(PROBS) == 1


def test_top_k_is_rescaled(questions: Mapping[str, PreparedQuestion]) -> None:
    question = questions["top-k-renormalised"]
    for values in variants(question):
        k = int(values["k"])
        answer = {2: "0.615", 3: "0.500", 4: "0.435", 5: "0.412"}[k]
        assert abs(Fraction(answer) - PROBS[0] / sum(PROBS[:k])) <= Fraction("0.0005")
        assert judged(question, values, {"text": answer}).credit == 1
        assert judged(question, values, {"text": "0.40"}).mistake == "not-rescaled"


def test_top_p_keeps_the_smallest_set_that_reaches_p(questions: Mapping[str, PreparedQuestion]) -> None:
    question = questions["top-p-kept"]
    by_label = keys(question)
    assert list(by_label) == TOKENS
    for values in variants(question):
        p = Fraction(values["p"])
        # Of all sets that reach p the smallest; of these the most likely one.
        sets = [[n for n, taken in enumerate(bits) if taken] for bits in product((0, 1), repeat=6)]
        enough = [chosen for chosen in sets if sum(PROBS[n] for n in chosen) >= p]
        kept = min(enough, key=lambda chosen: (len(chosen), -sum(PROBS[n] for n in chosen)))
        right = sorted(by_label[TOKENS[n]] for n in kept)
        assert judged(question, values, {"choices": right}).credit == 1
        assert judged(question, values, {"choices": right[:-1]}).credit == 0
        assert p not in accumulate(PROBS)


def test_a_token_is_drawn_by_its_stretch_of_the_way(questions: Mapping[str, PreparedQuestion]) -> None:
    question = questions["draw-token"]
    drawn = {"0.17": "sunny", "0.52": "cold", "0.71": "nice", "0.88": "wet", "0.94": "purple", "0.99": "Tuesday"}
    totals = list(accumulate(PROBS))
    for values in variants(question):
        u = Fraction(values["u"])
        token = next(token for token, total in zip(TOKENS, totals, strict=True) if total > u)
        assert token == drawn[values["u"]]
        for shown, key in keys(question).items():
            assert judged(question, values, {"choice": key}).credit == (1 if shown == token else 0)


def test_temperature_divides_the_logits(questions: Mapping[str, PreparedQuestion]) -> None:
    question = questions["temperature-two-tokens"]
    answers = {"0.5": "0.881", "1": "0.731", "2": "0.622"}
    for values in variants(question):
        t = values["t"]
        assert abs(1 / (1 + exp(-1 / float(t))) - float(answers[t])) <= 0.0005
        assert judged(question, values, {"text": answers[t]}).credit == 1
        multiplied = judged(question, values, {"text": answers[str(1 / Decimal(t))]})
        assert multiplied.mistake == (None if t == "1" else "multiplied")
        assert multiplied.credit == (1 if t == "1" else 0)


def test_the_totals_named_in_feedback_are_the_running_totals(unit: UnitDocument) -> None:
    said = [
        question.feedback.incorrect or "" for question in unit.questions if question.key in ("top-p-kept", "draw-token")
    ]
    totals = [f"{float(total):.2f}" for total in accumulate(PROBS)]
    for text in said:
        assert [word.strip(".,") for word in text.split() if word[0].isdigit()] == totals


@pytest.mark.parametrize(
    ("key", "response", "credit"),
    [
        ("same-every-run", {"choice": "sampling"}, 1),
        ("same-every-run", {"choice": "beams"}, 0),
        ("generator-input", {"choice": "noise"}, 1),
        ("generator-input", {"choice": "real-image"}, 0),
        ("diffusion-true", {"choices": ["learns-to-undo", "starts-from-noise", "steered-by-text"]}, 1),
        ("diffusion-true", {"choices": ["learns-to-undo", "needs-discriminator", "steered-by-text"]}, Fraction(1, 3)),
        ("gan-d-task", {"text": "Binary classification."}, 1),
        ("gan-d-task", {"text": "two-class classification"}, 1),
        ("gan-d-task", {"text": "2 class classification"}, 1),
        ("gan-d-task", {"text": "classification"}, Fraction(1, 2)),
        ("gan-d-task", {"text": "regression"}, 0),
    ],
)
def test_questions_without_numbers_have_the_key_they_should(
    key: str, response: dict[str, Any], credit: Fraction, questions: Mapping[str, PreparedQuestion]
) -> None:
    assert judged(questions[key], {}, response).credit == credit
