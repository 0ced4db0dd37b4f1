"""`text/v1`: which answers are the same text, and which are a slip of the pen."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.text import Reading, distance, is_near_miss, normalised

SAME = [
    # quotes
    ("don't", "don’t"),
    ("don't", "don‘t"),
    ("don't", "don‛t"),
    ("don't", "don´t"),
    ("don't", "don`t"),
    ("don't", "donʼt"),
    ("don't", "don＇t"),
    ("5'", "5′"),
    ('say "yes"', "say “yes”"),
    ('say "yes"', "say „yes“"),
    ('say "yes"', "say «yes»"),
    ('say "yes"', "say ＂yes＂"),
    ('say "yes"', "say ‟yes”"),
    ("say 'yes'", "say ‹yes›"),
    ("say 'yes'", "say ‚yes‘"),
    ('6"', "6″"),
    # dashes
    ("fine-tuning", "fine‐tuning"),
    ("fine-tuning", "fine‑tuning"),
    ("fine-tuning", "fine‒tuning"),
    ("fine-tuning", "fine–tuning"),
    ("fine-tuning", "fine—tuning"),
    ("fine-tuning", "fine―tuning"),
    ("-1", "−1"),
    ("fine-tuning", "fine⁃tuning"),
    ("fine-tuning", "fine﹘tuning"),
    ("fine-tuning", "fine﹣tuning"),
    ("fine-tuning", "fine－tuning"),
    # spaces
    ("beam search", "beam  search"),
    ("beam search", " beam search "),
    ("beam search", "beam\tsearch"),
    ("beam search", "beam\nsearch"),
    ("beam search", "beam\u00a0search"),
    ("beam search", "beam\u202fsearch"),
    ("beam search", "beam\u2007search"),
    ("beam search", "beam\u2009search"),
    ("beam search", "beam\u3000search"),
    ("beam search", "beam\u2003\u2003search"),
    ("beam search", "beam\u1680search"),
    # invisible characters
    ("beam", "be\u200bam"),
    ("beam", "\ufeffbeam"),
    ("beam", "be\u00adam"),
    ("beam", "be\u2060am"),
    ("beam", "be\u200dam"),
    ("beam", "be\u200cam"),
    ("beam", "\u200fbeam\u200e"),
    ("beam", "\u202abeam\u202c"),
    ("beam", "\u2066beam\u2069"),
    # composed and decomposed
    ("café", "cafe\u0301"),
    ("Å", "A\u030a"),
    ("Ω", "\u2126"),
    ("ệ", "e\u0323\u0302"),
    ("가", "\u1100\u1161"),
    # case
    ("GAN", "gan"),
    ("Straße", "STRASSE"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("ﬁne", "FINE"),
    ("Kelvin", "\u212aelvin"),
    # final punctuation
    ("beam", "beam."),
    ("beam", "beam!"),
    ("beam", "beam?"),
    ("beam", "beam;"),
    ("beam", "beam…"),
    ("beam", "beam . "),
    ("beam", "Beam?!"),
    ("a, b", "A, B,"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_typography_makes_no_difference(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GAN", "GANs"),
        ("café", "cafe"),
        ("the beam", "beam"),
        ("beam search", "beamsearch"),
        ("x.y", "xy"),
        ("?", "!"),
        ("C", "C#"),
        ("-1", "1"),
        ("a b", "b a"),
        ("O", "0"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    ("reading", "one", "other"),
    [
        (Reading(fold_accents=True), "Poincaré", "poincare"),
        (Reading(fold_accents=True), "Đà Nẵng", "đa nang"),
        (Reading(drop_articles=True), "The beam", "beam"),
        (Reading(drop_articles=True), "the discriminator of a GAN", "Discriminator of the GAN"),
        (Reading(ignore_spaces=True), "soft max", "softmax"),
        (Reading(case_sensitive=True), "True", "True."),
    ],
)
def test_what_an_author_lets_pass_makes_no_difference(reading: Reading, one: str, other: str) -> None:
    assert normalised(one, reading) == normalised(other, reading)


def test_case_can_matter() -> None:
    assert normalised("True", Reading(case_sensitive=True)) != normalised("true", Reading(case_sensitive=True))


def test_an_answer_of_nothing_but_an_article_or_a_mark_stays() -> None:
    assert normalised("The", Reading(drop_articles=True)) == "the"
    assert normalised("...") == "..."


readings = st.builds(Reading, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@given(st.text(max_size=40), readings)
def test_normalising_twice_changes_nothing_more(text: str, reading: Reading) -> None:
    once = normalised(text, reading)
    assert normalised(once, reading) == once


@given(st.text(max_size=20), st.text(alphabet=" \t\u00a0\u200b", max_size=3))
def test_white_space_around_never_matters(text: str, around: str) -> None:
    assert normalised(around + text + around) == normalised(text)


def by_search(one: str, other: str) -> int:
    """The distance by trying every edit, breadth first."""
    letters = sorted(set(one + other))
    seen, queue = {one}, deque([(one, 0)])
    while queue:
        text, steps = queue.popleft()
        if text == other:
            return steps
        edits = {text[:i] + text[i + 1 :] for i in range(len(text))}
        edits |= {text[:i] + c + text[i:] for i in range(len(text) + 1) for c in letters}
        edits |= {text[:i] + c + text[i + 1 :] for i in range(len(text)) for c in letters}
        edits |= {text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 1)}
        for edit in edits - seen:
            if len(edit) <= max(len(one), len(other)) + 1:
                seen.add(edit)
                queue.append((edit, steps + 1))
    raise AssertionError("every text can be edited into every other")


@given(st.text(alphabet="abc", max_size=4), st.text(alphabet="abc", max_size=4))
def test_the_distance_is_the_fewest_edits(one: str, other: str) -> None:
    assert distance(one, other) == by_search(one, other)


@pytest.mark.parametrize(
    ("answer", "wanted", "near"),
    [
        ("bean", "beam", False),
        ("beems", "beams", True),
        ("baems", "beams", True),
        ("beam", "beams", True),
        ("bems", "beams", True),
        ("bemz", "beams", False),
        ("gradeint", "gradient", True),
        ("gardeint", "gradient", False),
        ("binary clasification", "binary classification", True),
        ("binary clasifcation", "binary classification", True),
        ("binry clasifcation", "binary classification", False),
        ("beams", "beams", False),
    ],
)
def test_a_slip_is_one_edit_of_five_letters_and_two_of_nine(answer: str, wanted: str, near: bool) -> None:
    assert is_near_miss(answer, wanted) is near
