"""Wildcards and regular expressions: what they match, what they are refused for, and that they are quick."""

from __future__ import annotations

import fnmatch
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.patterns import BadPattern, faults, matches_expression, matches_wildcard
from tests.domain.sitting import QUICK


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("binary *", "binary classification", True),
        ("binary *", "a binary classification", False),
        ("*class*", "a classifier", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "acb", False),
        ("a*a", "a", False),
        ("a*", "a", True),
        ("plain", "plain", True),
        ("plain", "plainer", False),
        (r"2 \* 3", "2 * 3", True),
        (r"2 \* 3", "2 x 3", False),
        ("[a]*", "[a]bc", True),
        ("[a]*", "abc", False),
    ],
)
def test_a_star_stands_for_anything(pattern: str, text: str, matches: bool) -> None:
    assert matches_wildcard(pattern, text) is matches


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=10))
def test_wildcards_match_what_the_shell_would(pattern: str, text: str) -> None:
    assert matches_wildcard(pattern, text) is fnmatch.fnmatchcase(text, pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("(two|2)[- ]class classification", "two-class classification", True),
        ("(two|2)[- ]class classification", "Two class Classification", True),
        ("two", "two-class", False),
        ("é+", "ÉÉ", True),
        (r"\d+", "12", True),
    ],
)
def test_an_expression_matches_the_whole_answer(pattern: str, text: str, matches: bool) -> None:
    assert matches_expression(pattern, text, case_sensitive=False) is matches


def test_case_can_matter() -> None:
    assert not matches_expression("GAN", "gan", case_sensitive=True)


@given(st.text(alphabet="ab|()*+?", max_size=8), st.text(alphabet="ab", max_size=6))
def test_expressions_match_what_pythons_own_would(pattern: str, text: str) -> None:
    try:
        expected = re.fullmatch(pattern, text) is not None
        found = matches_expression(pattern, text, case_sensitive=True)
    except (re.error, BadPattern):
        return
    assert found is expected


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(", "cannot be used"),
        (r"(a)\1", "cannot be used"),
        ("(?=a)a", "cannot be used"),
        ("a{5000}", "cannot be used"),
        ("((a{100}){100}){100}", "cannot be used"),
        (r"\pL{30}" * 4, "cannot be used"),
        ("a" * 301, "at most 300"),
        ("a*", "empty answer"),
        ("(a|)", "empty answer"),
        (".*", "any answer"),
        (".+", "any answer"),
        (r"[\s\S]+", "any answer"),
    ],
)
def test_an_unsafe_or_empty_pattern_is_refused(pattern: str, complaint: str) -> None:
    assert [complaint in fault for fault in faults(pattern, wildcard=False)] == [True]


@pytest.mark.parametrize("pattern", ["*", "**"])
def test_a_star_alone_is_refused(pattern: str) -> None:
    assert ["any answer" in fault for fault in faults(pattern, wildcard=True)] == [True]


@pytest.mark.parametrize("pattern", ["binary *", "*fier"])
def test_a_sensible_wildcard_is_fine(pattern: str) -> None:
    assert list(faults(pattern, wildcard=True)) == []


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(.*a){12}b", "(x+x+)+y", "([a-z]+)*Z"])
def test_a_pattern_that_would_backtrack_for_ever_is_quick(pattern: str) -> None:
    begun = time.perf_counter()
    assert not matches_expression(pattern, "a" * 500, case_sensitive=True)
    assert not matches_wildcard("*a" * 100 + "b", "a" * 500)
    assert time.perf_counter() - begun < QUICK
