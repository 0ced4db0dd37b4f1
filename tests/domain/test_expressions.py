"""Formulas: what they mean, exactly, and what they are refused for, quickly."""

from __future__ import annotations

import time
from contextlib import suppress
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.expressions import LONGEST, compiled, evaluate, holds
from service.domain.values import ExpressionError, Value, from_json, to_json
from tests.domain.sitting import QUICK

NAMES: dict[str, Value] = {
    "p": Fraction("0.46"),
    "k": Fraction(3),
    "probs": tuple(map(Fraction, ("0.40", "0.25", "0.15", "0.12", "0.05", "0.03"))),
    "words": ("rain", "snow", "fog", "hail", "soup", "Monday"),
    "sure": True,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("0.1 + 0.2", Fraction(3, 10)),
        ("0.90 - p", Fraction("0.44")),
        ("(1 - 0.36) / 2", Fraction("0.32")),
        ("1 / 3 * 3", Fraction(1)),
        ("2 ** 10", Fraction(1024)),
        ("2 ** -2", Fraction(1, 4)),
        ("-p ** 2", -(Fraction("0.46") ** 2)),
        ("1.5e-3", Fraction(3, 2000)),
        (".5 + 1.", Fraction(3, 2)),
        ("probs[0] / sum(top_k(probs, k))", Fraction(1, 2)),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("not sure or 2 == 2.0", True),
        ("'rain' == words[0] and 'a' != \"b\"", True),
        ("[1, 2] == [1, 2]", True),
        ("min(3, 1, 2) + max([4, 5])", Fraction(6)),
        ("round(2.345, 2)", Fraction("2.35")),
        ("round(-2.5)", Fraction(-3)),
        ("abs(-3) + len(words)", Fraction(9)),
        ("argmax([0.1, 0.7, 0.2])", Fraction(1)),
        ("cumsum([1, 2, 3])", (Fraction(1), Fraction(3), Fraction(6))),
        ("sqrt(4 / 9)", Fraction(2, 3)),
        ("exp(0)", Fraction(1)),
        ("log(1)", Fraction(0)),
        ("sum(softmax([1, 2, 3]))", Fraction(1)),
        ("top_p_labels(words, probs, 0.6)", ("rain", "snow")),
        ("draw(words, probs, 0.52)", "snow"),
        ("words[argmax(probs)]", "rain"),
        ("greedy([0.5, 0.4, 0.1], [[0.4, 0.6], [0.9, 0.1], [1]])", (Fraction(0), Fraction(1))),
        ("beam([0.5, 0.4, 0.1], [[0.4, 0.6], [0.9, 0.1], [1]], 2)", (Fraction(1), Fraction(0))),
        ("1 +\n  1", Fraction(2)),
    ],
)
def test_a_formula_means_what_it_says(expression: str, value: Value) -> None:
    assert evaluate(expression, NAMES) == value


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("", "empty"),
        ("1 +", "cannot be read"),
        ("(1", "cannot be read"),
        ("007", "cannot be read"),
        ("1 / 0", "divides by zero. (column 1)"),
        ("0 ** -1", "divides by zero"),
        ("2 ** 0.5", "whole number"),
        ("2 % 3", "nothing a formula can hold"),
        ("2 // 3", "+ - * / and **"),
        ("7 ^ 2", "“^ 2” is nothing a formula can hold. (column 3)"),
        ("probz[0]", "did you mean “probs”?"),
        ("tok_k(probs, 2)", "no function “tok_k”; did you mean “top_k”?"),
        ("top_k(probs)", "takes 2 arguments, not 1"),
        ("probs[6]", "of 6 entries the first is [0]"),
        ("probs[-1]", "There is no [-1]"),
        ("probs[0.5]", "whole number"),
        ("p[0]", "Only a list"),
        ("'a' + 1", "“a” stands where a number belongs"),
        ("'a' < 2", "number belongs"),
        ("'a' == 1", "like can be compared with like"),
        ("1 in [1]", "Compare with"),
        ("p and sure", "join conditions"),
        ("sum([])", "between 1 and 256"),
        ("top_k(probs, 7)", "top_k: Of 6 numbers"),
        ("log(0)", "above 0"),
        ("sqrt(-1)", "from 0"),
        ("exp(1001)", "from -1000 to 1000"),
        ("draw(words, probs, 1)", "No running total exceeds"),
        ("top_p_labels(words, [0.5], 0.1)", "6 labels for 1"),
        ("~1", "nothing a formula can hold"),
    ],
)
def test_a_wrong_formula_is_refused_in_words(expression: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        evaluate(expression, NAMES)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "(lambda: 1)()",
        "[x for x in probs]",
        "probs if sure else words",
        "x := 3",
        "f'{p}'",
        "{1: 2}",
        "{1, 2}",
        "sum(*probs)",
        "round(p, places=2)",
        "probs[0:2]",
        "None",
        "1j",
        "0x10",
        "1_000",
        "'a\\x41'",
        "sum.__globals__",
        "print(p)",
        "await p",
        "...",
        "p; p",
        "#",
        "\0",
        "’",
        "\u0663",
    ],
)
def test_whatever_is_not_on_the_list_is_no_formula(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, NAMES)


@pytest.mark.parametrize(
    "bomb",
    [
        "9**9**9**9",
        "(((9**250)**250)**250)**250",
        "*".join(["(9**250)"] * 40),
        "(" * 240 + "1" + ")" * 240,
        "-" * 480 + "1",
        "[" * 240 + "]" * 240,
        "1" + "+1" * 249,
        "1" * LONGEST,
        "1" * (LONGEST + 1),
        "1e999 * 1e999 * 1e999",
        "exp(exp(exp(9)))",
        "softmax([1e400, 0])",
        "round(1 / 3, 999999999)",
        "top_k(probs, 1e300)",
        "not " * 120 + "sure",
        "1" + " < 2" * 120,
        "probs" + "[0]" * 150,
    ],
)
def test_a_bomb_costs_next_to_nothing(bomb: str) -> None:
    begun = time.perf_counter()
    with suppress(ExpressionError):
        evaluate(bomb, NAMES)
    assert time.perf_counter() - begun < QUICK


def test_lists_of_lists_do_not_grow_without_end() -> None:
    names: dict[str, Value] = dict(NAMES)
    ten = "[" + ", ".join(["probs"] * 10) + "]"
    for _ in range(2):
        names["probs"] = evaluate(ten, names)
    with pytest.raises(ExpressionError, match="entries in all"):
        evaluate(ten, names)


def test_the_sum_of_unlike_fractions_is_bounded() -> None:
    primes = [n for n in range(2, 1000) if all(n % d for d in range(2, n))][:160]
    names: dict[str, Value] = {"parts": tuple(Fraction(1, prime**40) for prime in primes)}
    begun = time.perf_counter()
    with pytest.raises(ExpressionError, match="too large"):
        evaluate("sum(parts)", names)
    assert time.perf_counter() - begun < QUICK


@given(st.text(alphabet="0123456789.+-*/()[]<>=! ,abkprobs'\"\\\n", max_size=60))
def test_any_text_is_a_value_or_an_expression_error(text: str) -> None:
    with suppress(ExpressionError):
        evaluate(text, NAMES)


@given(st.fractions(min_value=-20, max_value=20, max_denominator=1000))
def test_exp_and_log_agree_with_decimals_of_more_digits(value: Fraction) -> None:
    with localcontext() as more:
        more.prec = 60
        expected = Fraction((Decimal(value.numerator) / Decimal(value.denominator)).exp())
    found = evaluate("exp(x)", {"x": value})
    assert isinstance(found, Fraction)
    assert abs(found - expected) <= expected * Fraction(1, 10**37)
    back = evaluate("log(exp(x))", {"x": value})
    assert isinstance(back, Fraction)
    assert abs(back - value) <= Fraction(1, 10**36)


@given(st.fractions(max_denominator=10**6))
def test_a_number_survives_being_stored(value: Fraction) -> None:
    assert from_json(to_json(value)) == value


def test_lists_labels_and_truths_survive_being_stored() -> None:
    value: Value = (Fraction(1, 3), "fog", True, (Fraction(5), "a/b"))
    assert from_json(to_json(value)) == value


def test_a_formula_knows_the_names_it_uses() -> None:
    assert compiled("p * probs[k] + sum(probs)").names == {"p", "probs", "k"}


def test_a_condition_must_be_one() -> None:
    assert holds("p < 0.5", NAMES)
    with pytest.raises(ExpressionError, match="no condition"):
        holds("p + 1", NAMES)


@pytest.mark.parametrize(
    "expression",
    [
        "top_k([0.5, 0.2, 0.2, 0.1], 2)",
        "top_p_labels(words, probs, 0.65)",
        "draw(words, probs, 0.40)",
        "argmax([1, 2, 2])",
        "greedy([0.5, 0.5], [[1], [1]])",
        "beam([0.4, 0.3, 0.3], [[1], [1], [1]], 2)",
    ],
)
def test_ties_and_thresholds_are_told(expression: str) -> None:
    told: list[str] = []
    evaluate(expression, NAMES, told.append)
    assert len(told) == 1


def test_nothing_is_told_where_nothing_hangs_on_a_tie() -> None:
    told: list[str] = []
    for expression in ("top_k(probs, 3)", "top_p_labels(words, probs, 0.66)", "draw(words, probs, 0.41)"):
        evaluate(expression, NAMES, told.append)
    evaluate("top_p_labels(words, probs, 1)", NAMES, told.append)
    assert told == []
