"""Parameters: their variants, drawing one, and putting their values into text."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import questions
from service.domain.mistakes import Rejected
from service.domain.parameters import (
    MOST_CHECKED,
    Parameter,
    Range,
    checked_variants,
    completed,
    declaration_mistakes,
    resolve,
    stored,
    variant_count,
    with_parameters,
)
from service.domain.templates import faults, fill, fill_html
from service.domain.values import ExpressionError
from tests.domain.sitting import formula, numeric, one_of


def revision(parameters: dict[str, Parameter], *require: str) -> dict[str, object]:
    return {"parameters": stored(parameters), "require": list(require), "data": {}}


ROBOT = {
    "p": one_of("0.46", "0.48", "0.50", "0.52", "0.54"),
    "q": one_of("0.36", "0.40", "0.44"),
    "r": one_of("0.70", "0.75", "0.80"),
    "rest": formula("0.90 - p"),
    "half": formula("rest / 2"),
}


def test_every_combination_is_a_variant() -> None:
    variants = list(checked_variants(revision(ROBOT)))
    assert len(variants) == variant_count(revision(ROBOT)) == 45
    assert len({json.dumps(variant) for variant in variants}) == 45


def test_computed_values_follow_the_free_ones_in_whatever_order_they_are_written() -> None:
    turned = dict(reversed(ROBOT.items()))
    assert stored(turned) == stored(ROBOT)
    values = completed(revision(turned), {"p": "0.46", "q": "0.36", "r": "0.70"})
    assert values == {"p": "0.46", "q": "0.36", "r": "0.70", "rest": "0.44", "half": "0.22"}


def test_a_value_stays_as_it_is_written() -> None:
    variants = checked_variants(revision({"p": one_of("0.50", "1e-3")}))
    assert [variant["p"] for variant in variants] == ["0.50", "1e-3"]


@pytest.mark.parametrize(
    ("span", "values"),
    [
        (Range(from_=Decimal(1), to=Decimal(3)), ["1", "2", "3"]),
        (Range(from_=Decimal("0.5"), to=Decimal("0.75"), step=Decimal("0.1")), ["0.5", "0.6", "0.7"]),
        (Range(from_=Decimal("1.00"), to=Decimal(2), step=Decimal("0.5")), ["1.00", "1.50", "2.00"]),
        (Range(from_=Decimal(-1), to=Decimal(1)), ["-1", "0", "1"]),
    ],
)
def test_a_range_includes_its_ends_and_keeps_its_places(span: Range, values: list[str]) -> None:
    assert [variant["n"] for variant in checked_variants(revision({"n": Parameter(range=span)}))] == values


def test_of_many_variants_the_same_five_hundred_are_checked_with_the_first_and_the_last() -> None:
    many = revision({name: Parameter(range=Range(from_=Decimal(1), to=Decimal(100))) for name in ("a", "b", "c")})
    variants = list(checked_variants(many))
    assert variants == list(checked_variants(many))
    assert MOST_CHECKED - 5 <= len(variants) <= MOST_CHECKED
    assert {"a": "1", "b": "1", "c": "1"} in variants
    assert {"a": "100", "b": "100", "c": "100"} in variants
    assert len({variant["b"] for variant in variants}) > 90


def test_values_are_lists_labels_and_truths_too() -> None:
    found = completed(
        revision({"n": one_of("2"), "list": formula("[n, n / 3]"), "big": formula("n > 1"), "word": one_of("fog")}),
        {"n": "2", "word": "fog"},
    )
    assert found == {"n": "2", "word": "fog", "list": ["2", "2/3"], "big": True}
    assert json.loads(json.dumps(found)) == found


def test_every_variant_comes_before_one_comes_again() -> None:
    seen: list[dict[str, object]] = []
    for seed in range(45):
        seen.append(questions.draw_values(revision(ROBOT), random.Random(seed), seen))
    assert len({json.dumps(values) for values in seen}) == 45
    assert questions.draw_values(revision(ROBOT), random.Random(0), seen) in seen


def test_of_very_many_variants_an_unseen_one_is_drawn() -> None:
    wide = revision({"n": Parameter(range=Range(from_=Decimal(1), to=Decimal(9000)))})
    seen = [{"n": str(n)} for n in range(1, 8000)]
    for seed in range(20):
        assert questions.draw_values(wide, random.Random(seed), seen) not in seen


def test_a_variant_that_fails_its_requirements_is_never_drawn() -> None:
    picky = revision({"n": Parameter(range=Range(from_=Decimal(0), to=Decimal(900)))}, "1 / n < 1 / 100")
    for seed in range(30):
        assert int(questions.draw_values(picky, random.Random(seed))["n"]) > 100
    with pytest.raises(ExpressionError, match="No variant"):
        questions.draw_values(revision({"n": one_of("1", "2")}, "n > 2"), random.Random(0))


def test_a_draw_depends_on_chance_alone() -> None:
    draws = [questions.draw_values(revision(ROBOT), random.Random(7)) for _ in range(2)]
    assert draws[0] == draws[1]
    assert questions.draw_values(revision({}), random.Random(7)) == {}


def test_every_variant_is_as_likely() -> None:
    chance = random.Random(1)
    drawn = [questions.draw_values(revision({"n": one_of("1", "2", "3", "4")}), chance)["n"] for _ in range(2000)]
    assert all(420 < drawn.count(value) < 580 for value in "1234")


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"P": one_of("1")}, "cannot stand in a formula"),
        ({"lambda": one_of("1")}, "cannot stand in a formula"),
        ({"sum": one_of("1")}, "name of a function"),
        ({"a": formula("b"), "b": formula("a + 1")}, "need each other: a, b"),
    ],
)
def test_names_and_circles_are_refused(parameters: dict[str, Parameter], complaint: str) -> None:
    assert any(complaint in mistake.message for mistake in declaration_mistakes(parameters))


@pytest.mark.parametrize(
    ("parameter", "complaint"),
    [
        (Parameter(), "exactly one of"),
        (Parameter(one_of=("1",), expr="2"), "exactly one of"),
        (Parameter(one_of=("0.5", "0.50")), "twice"),
        (Parameter(one_of=("1", "fog")), "all numbers or all words"),
    ],
)
def test_a_parameter_that_is_none_is_refused(parameter: Parameter, complaint: str) -> None:
    assert any(complaint in mistake.message for mistake in parameter.mistakes())


@pytest.mark.parametrize(
    ("ends", "complaint"),
    [
        (("1", "0", "1"), "ends before"),
        (("1", "2", "0"), "above 0"),
        (("0", "1", "0.00001"), "at most 10000"),
    ],
)
def test_a_range_that_goes_nowhere_is_refused(ends: tuple[str, str, str], complaint: str) -> None:
    first, last, step = map(Decimal, ends)
    assert any(complaint in mistake.message for mistake in Range(from_=first, to=last, step=step).mistakes())


def test_a_range_of_monstrous_numbers_is_refused_without_working_it_out() -> None:
    assert list(Range(from_=Decimal("1e-999999"), to=Decimal("1e999999")).mistakes()) == []


def test_parameters_can_be_those_of_another_question() -> None:
    first = numeric("1", parameters=ROBOT)
    second = replace(numeric("1", same_parameters_as="q"), key="second")
    assert resolve(second, {"q": first}).parameters == ROBOT
    assert [question.parameters for question in with_parameters([first, second])] == [ROBOT, ROBOT]
    with pytest.raises(Rejected, match="no question of this unit"):
        resolve(second, {})
    with pytest.raises(Rejected, match="lead back"):
        resolve(numeric("1", same_parameters_as="q"), {})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ p }}", "0.50"),
        ("{{p}} and {{ p }}", "0.50 and 0.50"),
        ("{{ p:.1f }}", "0.5"),
        ("{{ p:.0f }}", "1"),
        ("{{ third:.2f }}", "0.33"),
        ("{{ third:g }}", "0.333333"),
        ("{{ p:g }}", "0.5"),
        ("{{ two:g }}", "2"),
        ("{{ p:.1% }}", "50.0%"),
        ("{{ two:d }}", "2"),
        ("{{ list:.1f }}", "1.0, 2.0"),
        ("{{ word }}", "a<b"),
        ("{{ sure }}", "true"),
        ("{ { p } }", "{ { p } }"),
        ("nothing", "nothing"),
    ],
)
def test_a_placeholder_becomes_its_value(template: str, text: str) -> None:
    values = {"p": "0.50", "third": "1/3", "two": "2.0", "list": ["1", "2"], "word": "a<b", "sure": True}
    assert fill(template, values) == text


def test_values_are_escaped_in_html() -> None:
    assert fill_html("<p>{{ word }}</p>", {"word": '<b>"'}) == "<p>&lt;b&gt;&quot;</p>"


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 9))
def test_fixed_places_round_half_away_from_zero(value: Fraction, places: int) -> None:
    text = fill(f"{{{{ x:.{places}f }}}}", {"x": f"{value.numerator}/{value.denominator}"})
    assert abs(Fraction(text) - value) * 2 * 10**places <= 1
    assert len(text.partition(".")[2]) == places


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{{ q }}", "no parameter or datum “q”"),
        ("{{ pp }}", "did you mean “p”?"),
        ("{{ p:.2x }}", "no format"),
        ("{{ p:>10 }}", "is written {{ name }}"),
        ("{{ p + 1 }}", "is written {{ name }}"),
        ("{{ p.real }}", "is written {{ name }}"),
        ("{{ P }}", "is written {{ name }}"),
        ("{{ p", "is written {{ name }}"),
    ],
)
def test_what_is_no_placeholder_is_refused(text: str, complaint: str) -> None:
    assert [complaint in fault for fault in faults(text, {"p": None})] == [True]


def test_braces_mean_nothing_where_there_is_nothing_to_put_in() -> None:
    assert list(faults("$x^{{2}}$", {})) == []


def test_a_name_without_value_is_an_error() -> None:
    with pytest.raises(ExpressionError):
        fill("{{ q }}", {})
