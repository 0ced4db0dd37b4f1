"""Code and maths are told from prose without moving anything, whatever a text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.linting.texts import prose, same_page

PROSE = [
    ("see `code` here", "see        here"),
    ("``a ` b`` c", "          c"),
    ("a ` b", "a ` b"),
    ("`a``b`", "      "),
    ("costs $x_1$ or $$a b$$.", "costs       or        ."),
    ("5 $ and 6 $", "5 $ and 6 $"),
    (r"\\$5 and \\$6", r"\\$5 and \\$6"),
    ("```\na\n```\nb", "   \n \n   \nb"),
    ("~~~\n```\n~~~\nb", "   \n   \n   \nb"),
    ("````\n```\n````\nb", "    \n   \n    \nb"),
    ("a\n\n    b\n    c\nd", "a\n\n     \n     \nd"),
    ("a\n    b", "a\n    b"),
    ("- a\n\n    b", "- a\n\n    b"),
    ("1. a\n\n    b\n\nc\n\n    d", "1. a\n\n    b\n\nc\n\n     "),
]


@pytest.mark.parametrize(("text", "left"), PROSE)
def test_what_is_no_prose_is_blanked_out(text: str, left: str) -> None:
    assert prose(text) == left


@given(st.text(alphabet="a `$~\n\t-1.\\[]()", max_size=200))
def test_everything_else_stays_at_its_place(text: str) -> None:
    left = prose(text)
    assert len(left) == len(text)
    assert all(now in {was, " "} for was, now in zip(text, left, strict=True))
    assert [at for at, sign in enumerate(left) if sign == "\n"] == [at for at, sign in enumerate(text) if sign == "\n"]


@given(st.text(alphabet="ab [](),.\n", max_size=100).filter(lambda text: "    " not in text))
def test_prose_alone_stays_as_it_is(text: str) -> None:
    assert prose(text) == text


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://www.a.example/b/", "http://A.example/b", True),
        ("https://a.example/b?v=1", "https://a.example/b?v=2", False),
        ("https://a.example/b#one", "https://a.example/b#two", False),
        ("https://[broken/a", "https://[broken/a", True),
    ],
)
def test_addresses_of_one_place_are_equal(one: str, other: str, is_same: bool) -> None:
    assert (same_page(one) == same_page(other)) is is_same
