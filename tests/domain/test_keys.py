"""Keys derived from text: stable, and different for different texts."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from service.domain.fields import SLUG
from service.domain.keys import derived, keyed


def test_a_derived_key_is_the_first_words_and_a_hash() -> None:
    assert derived("Sampling at Temperature 1, say") == "sampling-at-temperature-1-3a9f"


@given(st.lists(st.tuples(st.none() | st.sampled_from(["a", "b"]), st.text(max_size=30)), max_size=8))
def test_keys_are_slugs_and_authors_keys_stay(named: list[tuple[str | None, str]]) -> None:
    keys = keyed(named)
    assert keys == keyed(named)
    assert all(re.fullmatch(SLUG, key) and len(key) <= 64 for key in keys)
    assert all(key == own for key, (own, _) in zip(keys, named, strict=True) if own is not None)


@given(st.lists(st.text(max_size=12), max_size=12))
def test_no_key_comes_twice(texts: list[str]) -> None:
    keys = keyed((None, text) for text in texts)
    assert len(set(keys)) == len(keys)


def test_a_key_does_not_depend_on_the_order_of_the_file() -> None:
    texts = ["Sort the tokens", "Sort the tokens again", "Draw one", "…", "Éclair"]
    forwards = dict(zip(texts, keyed((None, text) for text in texts), strict=True))
    backwards = dict(zip(texts[::-1], keyed((None, text) for text in texts[::-1]), strict=True))
    assert forwards == backwards
