"""Numbers people type, and when they are close enough."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.numbers import UnreadableNumber, bounds, read_number, unworkable, within
from service.domain.values import exact_text, fixed, general, half_up, magnitude
from tests.domain.sitting import QUICK


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.184", "0.184"),
        (" 12 ", "12"),
        ("+3", "3"),
        ("-11.72", "-11.72"),
        ("−11.72", "-11.72"),
        ("–2", "-2"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("１２．５", "12.5"),
        ("\u00a00.5\u00a0", "0.5"),
        ("\u200b0.5\ufeff", "0.5"),
        ("007", "7"),
        ("1e400", "1e400"),
    ],
)
def test_a_number_is_read_as_it_is_meant(typed: str, value: str) -> None:
    assert read_number(typed) == Fraction(value)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "not a number"),
        ("abc", "not a number"),
        ("--1", "not a number"),
        ("1,5", "decimal point"),
        ("1,000", "decimal point"),
        ("1 000", "decimal point"),
        ("1/2", "not as a fraction"),
        ("½", "small digits"),
        ("10²", "small digits"),
        ("1½", "small digits"),
        ("5 m", "alone"),
        ("0.1.2", "alone"),
        ("1e", "alone"),
        ("1e401", "exponent"),
        ("1e999999999", "exponent"),
        ("1e-999999999", "exponent"),
        ("NaN", "not a number"),
        ("inf", "not a number"),
        ("0x10", "alone"),
        ("٣", "not a number"),
        ("9" * 101, "at most 100"),
    ],
)
def test_what_is_no_number_is_refused_with_a_way_out(typed: str, complaint: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(UnreadableNumber, match=complaint):
        read_number(typed)
    assert time.perf_counter() - begun < QUICK


@pytest.mark.parametrize(("typed", "value"), [("1/3", "1/3"), ("-3 / 4", "-3/4"), ("1⁄2", "1/2"), ("1.5/2", "3/4")])
def test_fractions_are_read_where_they_are_allowed(typed: str, value: str) -> None:
    assert read_number(typed, fractions=True) == Fraction(value)


def test_a_fraction_of_nothing_is_refused() -> None:
    with pytest.raises(UnreadableNumber, match="divides by zero"):
        read_number("1/0", fractions=True)


def test_a_unit_is_a_factor_and_must_be_there() -> None:
    units = {"m": "1", "km": "1000", "%": "0.01"}
    assert read_number("1.2 km", units=units) == read_number("1200m", units=units) == 1200
    assert read_number("5%", units=units) == Fraction(1, 20)
    with pytest.raises(UnreadableNumber, match="with its unit: m or km or %"):
        read_number("5", units=units)
    with pytest.raises(UnreadableNumber, match="The unit must be"):
        read_number("5 miles", units=units)


def test_a_number_without_unit_is_read_where_the_author_lists_it() -> None:
    assert read_number("5", units={"": "1", "%": "0.01"}) == 5


@pytest.mark.parametrize(
    ("answer", "tolerance", "inside", "outside"),
    [
        ("-11.7", {"abs": "0.02"}, ["-11.72", "-11.68", "-11.7"], ["-11.7200001", "-11.679"]),
        ("200", {"rel": "0.05"}, ["190", "210"], ["189.999", "210.001"]),
        ("-200", {"rel": "0.05"}, ["-190", "-210"], ["-189.999"]),
        ("0.615384", {"places": 3}, ["0.615", "0.6158", "0.614884"], ["0.616", "0.6148"]),
        ("1234", {"sigfig": 2}, ["1200", "1284", "1184"], ["1285", "1183.9"]),
        ("0.00123", {"sigfig": 2}, ["0.0012", "0.00128", "0.00118"], ["0.0013"]),
        ("999.9", {"sigfig": 3}, ["1000", "999.4"], ["999.3", "1000.5"]),
        ("0", {"sigfig": 3}, ["0"], ["0.0001"]),
        ("0.1", {"exact": True}, ["0.1", "0.10", "1e-1"], ["0.1000001"]),
    ],
)
def test_a_tolerance_includes_its_limits_and_nothing_beyond(
    answer: str, tolerance: dict[str, Any], inside: list[str], outside: list[str]
) -> None:
    low, high = bounds(Fraction(answer), tolerance)
    assert all(low <= read_number(typed) <= high for typed in inside)
    assert not any(low <= read_number(typed) <= high for typed in outside)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**6), max_value=10**6))
def test_a_decimal_is_read_exactly_however_it_is_written(value: Decimal) -> None:
    assert read_number(str(value)) == read_number(f"{value:E}") == Fraction(value)


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_a_number_or_refused(typed: str, fractions: bool) -> None:
    try:
        value = read_number(typed, fractions=fractions)
    except UnreadableNumber as refused:
        assert str(refused).endswith(".")  # noqa: PT017  either is fine; a refusal is a sentence
    else:
        assert isinstance(value, Fraction)


@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6), st.integers(0, 8))
def test_rounding_is_half_away_from_zero(value: Fraction, places: int) -> None:
    written = Fraction(fixed(value, places))
    assert abs(written - value) <= Fraction(1, 2 * 10**places)
    assert half_up(value) == (int(abs(value) + Fraction(1, 2)) * (1 if value > 0 else -1))
    assert not fixed(value, places).startswith("-0.00000000") or written != 0


@pytest.mark.parametrize(
    ("value", "text"), [("1/2", "0.5"), ("2", "2"), ("1/3", "0.333333"), ("200000/3", "66666.7"), ("-1/7", "-0.142857")]
)
def test_a_number_for_people_is_exact_or_six_digits(value: str, text: str) -> None:
    assert general(Fraction(value)) == text


@given(st.fractions(max_denominator=10**9))
def test_exact_text_loses_nothing(value: Fraction) -> None:
    assert Fraction(exact_text(value)) == value


@given(st.fractions(min_value=Fraction(1, 10**9), max_value=10**9))
def test_the_magnitude_is_the_power_of_ten_below(value: Fraction) -> None:
    assert Fraction(10) ** magnitude(value) <= value < Fraction(10) ** (magnitude(value) + 1)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e401", "1e-401", "1e999999999", "9" * 101])
def test_an_authors_number_that_cannot_be_worked_with_is_named(number: str) -> None:
    assert unworkable(Decimal(number))


def test_an_authors_ordinary_number_is_fine() -> None:
    assert unworkable(Decimal("0.001")) is None
    assert unworkable(Decimal(0)) is None


def test_nan_is_within_nothing() -> None:
    assert not within(Decimal("NaN"), 0, 1)
    assert within(Decimal("0.5"), 0, 1)
