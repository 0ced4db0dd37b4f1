"""Short answers on heaps: equal ones together, slips of the pen with what they are slips of, and quickly."""

from __future__ import annotations

import random
import string
from time import process_time

from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.heaps import LONGEST_WORD, heaps_of
from service.domain.text import is_near_miss, normalised

WORDS = st.text("abcdef", min_size=3, max_size=12)


def test_what_is_spelt_alike_is_one_heap_under_its_most_frequent_spelling() -> None:
    [ebb, other] = heaps_of([("The outflow", 3), ("the outflow.", 5), ("the outflwo", 2), ("retreat", 4)])
    assert (ebb.text, ebb.n) == ("the outflow.", 10)
    assert ebb.most_frequent() == [("the outflow.", 5), ("The outflow", 3), ("the outflwo", 2)]
    assert (other.text, other.n) == ("retreat", 4)


@given(st.dictionaries(WORDS, st.integers(1, 9), min_size=1, max_size=12), st.randoms())
def test_every_answer_is_on_one_heap_in_whatever_order_they_come(
    answers: dict[str, int], chance: random.Random
) -> None:
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    heaps = heaps_of(shuffled)
    assert [(heap.form, heap.spellings) for heap in heaps] == [
        (heap.form, heap.spellings) for heap in heaps_of(answers.items())
    ]
    assert sum((heap.spellings for heap in heaps), start=type(heaps[0].spellings)()) == answers
    assert [heap.n for heap in heaps] == sorted((heap.n for heap in heaps), reverse=True)


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and what is left of it after up to three slips: a letter put in, left out or swapped with the next."""
    word = draw(WORDS)
    typed = word
    for _ in range(draw(st.integers(0, 3))):
        at, letter = draw(st.integers(0, len(typed))), draw(st.sampled_from("abcdef"))
        before, after = typed[:at], typed[at:]
        typed = draw(st.sampled_from([before + letter + after, before + after[1:], before + after[1::-1] + after[2:]]))
    return word, typed


@given(mistyped())
@example(("highwater", "hyghwator")).via("two slips at nine letters, the fewest")
@example(("lowwater", "lywwator")).via("two slips at eight letters")
def test_two_answers_share_a_heap_exactly_where_one_is_a_near_miss_of_the_other(typed: tuple[str, str]) -> None:
    one, other = typed
    if one == other:
        return
    heaps = heaps_of([(one, 2), (other, 1)])
    forms = normalised(one), normalised(other)
    assert (len(heaps) == 1) == (forms[0] == forms[1] or is_near_miss(forms[1], forms[0]))


def test_thousands_of_long_answers_take_no_time_to_speak_of() -> None:
    chance = random.Random(3)
    answers = [("".join(chance.choices(string.ascii_lowercase + " ", k=40)), 1) for _ in range(1_000)]
    answers += [("".join(chance.choices("abcde", k=LONGEST_WORD)), 1) for _ in range(1_000)]
    before = process_time()
    heaps_of(answers)
    assert process_time() - before < 2, "some 0.2 s, and minutes when every pair is compared"
