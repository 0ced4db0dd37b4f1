"""single_choice, true_false and multiple_choice: credit, layout, feedback."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.kinds.choices import Choice
from service.domain.kinds.multiple_choice import score, share
from service.domain.kinds.question import Feedback, Stimulus
from service.domain.kinds.true_false import TrueFalseFeedback, TrueFalseQuestion
from service.domain.outcomes import Status
from tests.domain.sitting import TABLE, label, lay_out, mistake, multiple, one_of, single, sit

BEAM = single(
    Choice(text="Greedy", feedback="It has no beams."),
    Choice(text="Beam search", correct=True, feedback="Yes, several at once."),
    Choice(text="Neither", credit=Decimal("0.25")),
    feedback=Feedback(correct="Well done.", incorrect="Read again.", partial="Nearly.", general="See the blog."),
)


@pytest.mark.parametrize(("chosen", "credit"), [("Beam search", 1), ("Greedy", 0), ("Neither", Fraction(1, 4))])
def test_a_choice_is_worth_its_credit(chosen: str, credit: Fraction) -> None:
    sitting = sit(BEAM)
    assert sitting.credit({"choice": sitting.id_of(chosen)}) == credit


def test_what_was_chosen_is_spoken_to_first_and_the_rest_at_large() -> None:
    sitting = sit(BEAM)
    assert sitting.said({"choice": sitting.id_of("Greedy")}) == ["It has no beams.", "Read again."]
    assert sitting.said({"choice": sitting.id_of("Beam search")}) == ["Yes, several at once.", "Well done."]
    assert sitting.said({"choice": sitting.id_of("Neither")}) == ["Nearly."]


def test_in_the_end_every_choice_is_explained_chosen_or_not() -> None:
    sitting = sit(BEAM)
    told = sitting.explain({"choice": sitting.id_of("Greedy")})
    assert told["right"] == {"choice": sitting.id_of("Beam search")}
    assert [text["markdown"] for text in told["feedback"]] == ["It has no beams.", "Read again.", "See the blog."]
    by_id = {choice["id"]: choice for choice in told["choices"]}
    greedy, beam = by_id[sitting.id_of("Greedy")], by_id[sitting.id_of("Beam search")]
    assert (greedy["chosen"], greedy["right"]) == (True, False)
    assert (beam["chosen"], beam["right"], beam["feedback"]) == (False, True, {"markdown": "Yes, several at once."})


def test_nothing_chosen_is_unanswered() -> None:
    sitting = sit(BEAM)
    assert sitting.read(None) is sitting.read({"choice": None}) is sitting.read({}) is None
    assert sitting.grade(None).status is Status.UNANSWERED


def test_the_right_choice_may_be_said_by_a_formula_over_the_stimulus() -> None:
    question = single(
        stem="u = {{ u:.2f }}",
        choices_from="words",
        correct=label("draw(words, probs, u)"),
        parameters={"u": one_of("0.17", "0.52", "0.99")},
        stimulus="table",
    )
    for u, word in (("0.17", "rain"), ("0.52", "snow"), ("0.99", "Monday")):
        sitting = sit(question, TABLE, values={"u": u})
        assert sitting.right() == {"choice": sitting.id_of(word)}
        assert sitting.credit({"choice": sitting.id_of(word)}) == 1
        assert sitting.credit({"choice": sitting.id_of("fog")}) == 0


def test_labels_may_be_numbers() -> None:
    stimulus = Stimulus(key="table", text="Sizes", data={"sizes": ("10", "2.50", "3")})
    question = single(choices_from="sizes", correct=label("max(sizes) / 4"), stimulus="table")
    sitting = sit(question, stimulus)
    assert sitting.credit({"choice": sitting.id_of("2.50")}) == 1


def test_a_named_mistake_is_recognised_by_the_choice() -> None:
    question = single("one", "two", "three", right="one", mistakes_=(mistake("two", key="doubling"),))
    sitting = sit(question)
    assert sitting.grade({"choice": sitting.id_of("two")}).mistake == "doubling"
    assert sitting.said({"choice": sitting.id_of("two")}) == ["A well-known trap."]
    assert sitting.grade({"choice": sitting.id_of("three")}).mistake is None


@pytest.mark.parametrize("answer", [True, False])
def test_true_or_false_is_worth_all_or_nothing_with_words_for_each(answer: bool) -> None:
    question = TrueFalseQuestion(
        key="q",
        stem="Beams are optimal.",
        answer=answer,
        feedback=TrueFalseFeedback(if_true="You said true.", if_false="You said false.", incorrect="No."),
    )
    sitting = sit(question)
    assert sitting.credit({"value": answer}) == 1
    assert sitting.credit({"value": not answer}) == 0
    assert sitting.said({"value": True}) == ["You said true."] + ([] if answer else ["No."])
    told = sitting.explain({"value": True})
    assert told["right"] == {"value": answer}
    assert [(choice["value"], choice["right"], choice["chosen"]) for choice in told["choices"]] == [
        (True, answer, True),
        (False, not answer, False),
    ]
    assert sitting.layout == {}


def test_anchored_choices_keep_their_place() -> None:
    question = single(
        Choice(text="first", anchor="first"),
        *(Choice(text=letter) for letter in "abcdef"),
        Choice(text="none of the above", anchor="last"),
        right="a",
    )
    orders = set()
    for seed in range(30):
        shown = [choice["text"]["markdown"] for choice in sit(question, seed=seed).shown()["choices"]]
        assert (shown[0], shown[-1]) == ("first", "none of the above")
        assert sorted(shown[1:-1]) == list("abcdef")
        orders.add(tuple(shown))
    assert len(orders) > 20


def test_choices_stay_in_order_where_the_question_or_the_quiz_wants_it() -> None:
    texts = [str(n) for n in range(20)]
    fixed = sit(single(*texts, right="3", shuffle=False))
    assert [choice["text"]["markdown"] for choice in fixed.shown()["choices"]] == texts
    free = sit(single(*texts, right="3"))
    layout = lay_out(free.revision, free.key, {}, random.Random(1), shuffle=False)
    assert [key for _, key in layout["choices"]] == [choice["key"] for choice in free.revision["choices"]]


def test_the_order_shown_is_as_likely_as_any_other() -> None:
    sitting = sit(single("a", "b", "c", right="a"))
    chance = random.Random(3)
    orders = [
        tuple(key for _, key in lay_out(sitting.revision, sitting.key, {}, chance)["choices"]) for _ in range(3000)
    ]
    assert all(400 < orders.count(order) < 600 for order in set(orders))
    assert len(set(orders)) == 6


# ------------------------------------------------------------------------------------------------------ multiple choice


@pytest.mark.parametrize(
    ("scoring", "right", "wrong", "credit"),
    [
        ("balanced", 3, 0, "1"),
        ("balanced", 2, 0, "2/3"),
        ("balanced", 3, 1, "1/2"),
        ("balanced", 2, 1, "1/6"),
        ("balanced", 1, 1, "0"),
        ("balanced", 3, 2, "0"),
        ("balanced", 0, 0, "0"),
        ("all_or_nothing", 3, 0, "1"),
        ("all_or_nothing", 3, 1, "0"),
        ("all_or_nothing", 2, 0, "0"),
        ("net_correct", 3, 0, "1"),
        ("net_correct", 3, 1, "2/3"),
        ("net_correct", 2, 0, "2/3"),
        ("net_correct", 1, 2, "0"),
    ],
)
def test_three_right_and_two_wrong_choices_are_scored(scoring: str, right: int, wrong: int, credit: str) -> None:
    question = multiple("x", "y", right=("a", "b", "c"), scoring=scoring, allow_none=True)
    sitting = sit(question)
    chosen = sitting.ids_of(*"abc"[:right], *"xy"[:wrong])
    outcome = sitting.grade({"choices": chosen})
    assert outcome.credit == Fraction(credit)
    assert outcome.rule == f"multiple_choice/{scoring}"


choices = st.sets(st.integers(0, 7))


@given(st.sampled_from(["balanced", "all_or_nothing", "net_correct"]), choices, choices, choices)
def test_scores_are_shares_and_only_the_right_choices_are_worth_everything(
    scoring: str, right: set[int], wrong: set[int], chosen: set[int]
) -> None:
    wrong -= right
    chosen &= right | wrong
    credit = score(scoring, right, wrong, chosen)
    assert 0 <= credit <= 1
    assert (credit == 1) is (chosen == right)


@given(choices, choices.filter(bool))
def test_ticking_everything_is_worth_nothing_whatever_the_key(right: set[int], wrong: set[int]) -> None:
    wrong -= right
    if wrong:
        assert score("balanced", right, wrong, right | wrong) == 0


@given(choices.filter(bool), choices.filter(bool), choices)
def test_a_right_tick_never_costs_and_a_wrong_one_never_pays(
    right: set[int], wrong: set[int], chosen: set[int]
) -> None:
    wrong -= right
    for scoring in ("balanced", "net_correct"):
        before = score(scoring, right, wrong, chosen)
        assert all(score(scoring, right, wrong, chosen | {one}) >= before for one in right)
        assert all(score(scoring, right, wrong, chosen | {one}) <= before for one in wrong - chosen)


def test_choosing_none_is_an_answer_only_where_it_is_allowed() -> None:
    nothing_right = sit(multiple("x", "y", allow_none=True))
    assert nothing_right.credit({"choices": []}) == 1
    assert nothing_right.credit({"choices": nothing_right.ids_of("x")}) == Fraction(1, 2)
    assert nothing_right.grade(None).status is Status.UNANSWERED


def test_weights_add_up_and_are_clamped() -> None:
    question = multiple(scoring="weights")
    weights = {"a": "0.33333", "b": "0.33333", "c": "0.33333", "x": "-0.5", "y": "-1"}
    entries = tuple(Choice(text=text, credit=Decimal(credit)) for text, credit in weights.items())
    sitting = sit(multiple(*entries, scoring=question.scoring))  # type: ignore[arg-type]  # choices ready made
    assert sitting.credit({"choices": sitting.ids_of("a", "b", "c")}) == 1
    assert sitting.credit({"choices": sitting.ids_of("a")}) == Fraction(1, 3)
    assert sitting.credit({"choices": sitting.ids_of("a", "b", "x")}) == Fraction(1, 6)
    assert sitting.credit({"choices": sitting.ids_of("a", "y")}) == 0
    assert set(sitting.right()["choices"]) == set(sitting.ids_of("a", "b", "c"))


@pytest.mark.parametrize(
    ("written", "meant"), [("0.33333", "1/3"), ("0.3333", "3333/10000"), ("0.25", "1/4"), ("-0.5", "-1/2")]
)
def test_a_weight_cut_short_is_the_share_it_was(written: str, meant: str) -> None:
    assert share(written) == Fraction(meant)


def test_all_that_can_be_drawn_is_said_by_a_formula() -> None:
    question = multiple(
        choices_from="words",
        correct=label("top_p_labels(words, probs, p)"),
        scoring="all_or_nothing",
        parameters={"p": one_of("0.60", "0.75")},
        stimulus="table",
        mistakes_=(mistake(expr="words[0]", key="only-the-best"),),
    )
    sitting = sit(question, TABLE, values={"p": "0.75"})
    assert sitting.credit({"choices": sitting.ids_of("rain", "fog", "snow")}) == 1
    assert sitting.credit({"choices": sitting.ids_of("rain", "snow")}) == 0
    assert sitting.grade({"choices": sitting.ids_of("rain")}).mistake == "only-the-best"


def test_while_tries_remain_only_right_or_not_is_said() -> None:
    question = multiple("x", right=("a", "b"), feedback=Feedback(incorrect="Hm.", partial="Some.", correct="All."))
    sitting = sit(question)
    assert sitting.feedback({"choices": sitting.ids_of("a")}) == {"status": "not_correct"}
    assert sitting.feedback({"choices": sitting.ids_of("x")}) == {"status": "not_correct"}
    assert sitting.feedback({"choices": sitting.ids_of("a", "b")}) == {"status": "correct"}
    assert sitting.feedback(None) == {"status": "unanswered"}


def test_the_breakdown_says_of_each_choice_whether_it_was_rightly_ticked_or_left() -> None:
    sitting = sit(multiple("x", right=("a", "b")))
    outcome = sitting.grade({"choices": sitting.ids_of("a", "x")})
    by_text = {choice["key"]: choice["text"]["markdown"] for choice in sitting.revision["choices"]}
    assert {by_text[part["of"]]: (part["chosen"], part["right"]) for part in outcome.breakdown} == {
        "a": (True, True),
        "b": (False, False),
        "x": (True, False),
    }


def test_equal_answers_have_equal_canonical_forms_in_every_layout() -> None:
    forms = []
    for seed in range(10):
        sitting = sit(multiple("x", "y", right=("a", "b")), seed=seed)
        forms.append(sitting.read({"choices": sitting.ids_of("b", "a")}))
        forms.append(sitting.read({"choices": sitting.ids_of("a", "b")}))
    assert all(form == forms[0] for form in forms)
