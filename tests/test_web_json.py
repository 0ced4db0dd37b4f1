"""JSON comes in strictly and goes out in one form."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Unreadable
from service.web.json import DEEPEST, LARGEST, dumps, read

UNREADABLE = {
    "nothing": b"",
    "only white space": b"  \n",
    "not JSON": b"hello",
    "cut short": b'{"a": 1',
    "a string cut short": b'{"a": "b',
    "two values": b"{} {}",
    "a trailing comma": b'{"a": 1,}',
    "a trailing comma in a list": b"[1,]",
    "single quotes": b"{'a': 1}",
    "a name without quotes": b"{a: 1}",
    "a comment": b'{"a": 1} // one',
    "a hexadecimal number": b"[0x10]",
    "a leading zero": b"[01]",
    "a plus sign": b"[+1]",
    "a bare fraction": b"[.5]",
    "a bare point": b"[1.]",
    "an unknown escape": rb'["\x41"]',
    "half an escape": rb'["\u00"]',
    "a raw control character": b'["a\x01b"]',
    "a raw new line in a string": b'["a\nb"]',
    "a raw NUL": b'["a\x00b"]',
    "wrong brackets": b"[}",
    "Latin-1": b'["caf\xe9"]',
    "a surrogate in UTF-8": b'["\xed\xa0\x80"]',
    "an overlong NUL": b'["\xc0\x80"]',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "nested too deep": b"[" * 33 + b"]" * 33,
    "nested 5,000 deep": b"[" * 5_000 + b"]" * 5_000,
    "nested 5,000 deep in objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "opened 100,000 times": b"[" * 100_000,
    "deep behind a string of brackets": b'["]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", ' + b"[" * 40 + b"]" * 41,
}
FLAWED = {
    "NaN": (b'{"a": NaN}', "/a"),
    "Infinity": (b"[Infinity]", "/0"),
    "minus Infinity": (b"[1, -Infinity]", "/1"),
    "NaN alone": (b"NaN", ""),
    "a number beyond floating point": (b'{"a": [1e999]}', "/a/0"),
    "a name twice": (b'{"a": {"b": 1, "b": 2}}', "/a"),
    "a name twice, once in escapes": (rb'{"a": 1, "\u0061": 2}', ""),
    "an escaped NUL": (rb'{"a": "x\u0000"}', "/a"),
    "a lone high surrogate": (rb'{"a": ["\ud83d"]}', "/a/0"),
    "a lone low surrogate": (rb'["\ude00"]', "/0"),
    "surrogates the wrong way round": (rb'["\ude00\ud83d"]', "/0"),
    "NUL in a name": (rb'{"a": {"\u0000": 1}}', "/a"),
    "a surrogate in a name": (rb'{"\ud800": 1}', ""),
    "a whole number beyond 2^53": (b'{"a": 9007199254740993}', "/a"),
    "one below -2^53": (b'{"a": -9007199254740993}', "/a"),
    "2^63": (b"[9223372036854775808]", "/0"),
    "10,000 digits": (b"[" + b"9" * 10_000 + b"]", "/0"),
    "10,000 digits and a minus": (b"[-" + b"9" * 10_000 + b"]", "/0"),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_strict_json_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize(("data", "pointer"), FLAWED.values(), ids=FLAWED.keys())
def test_a_value_that_cannot_be_taken_is_refused_at_its_place(data: bytes, pointer: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    assert [mistake.pointer for mistake in refusal.value.errors] == [pointer]


@pytest.mark.parametrize(
    "value",
    [{}, [], "", 0, -0.5, True, None, LARGEST, -LARGEST, 1e300, "😀", "[[[" * 100, {"a": [{"b": ["é", '"', "\\"]}]}],
    ids=repr,
)
def test_what_is_strict_json_is_taken_as_it_is(value: object) -> None:
    assert read(json.dumps(value).encode()) == value
    assert read(json.dumps(value, ensure_ascii=False).encode()) == value


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read(rb'"\ud83d\ude00"') == "😀"


def test_the_deepest_nesting_taken_is_the_one_documented() -> None:
    assert read(b"[" * DEEPEST + b"]" * DEEPEST)
    assert read(b"[" + b"[]," * 1_000 + b"[]]")


def test_all_flaws_are_told_at_once() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(rb'{"a": NaN, "b": ["\u0000", 9007199254740993]}')
    assert [mistake.pointer for mistake in refusal.value.errors] == ["/a", "/b/0", "/b/1"]


def test_a_syntax_error_is_told_with_its_line_and_column() -> None:
    with pytest.raises(Unreadable, match=r"line 2, column 8"):
        read(b'{\n  "a": oops\n}')


@pytest.mark.parametrize("data", [b'"' + b"\\" * 2**20, b'["' + b"a" * 2**20, b"[]," * 2**18, b"{" * 2**20])
def test_no_megabyte_takes_long_to_refuse(data: bytes) -> None:
    started = perf_counter()
    with pytest.raises(Unreadable):
        read(data)
    assert perf_counter() - started < 5


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)), inner)
    ),
    max_leaves=20,
)


@given(json_values)
def test_reading_what_was_written_gives_the_same_value(value: object) -> None:
    assert read(dumps(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with suppress(Unreadable):
        read(data)


@given(st.text(st.sampled_from('[]{}",:\\1 ntu0e-.aN'), max_size=60))
def test_whatever_looks_like_json_is_read_as_the_standard_library_does_or_refused(text: str) -> None:
    try:
        value = read(text.encode())
    except Unreadable:
        return
    assert json.loads(text) == value


def test_numbers_that_are_none_never_go_out() -> None:
    for value in (math.nan, math.inf):
        with pytest.raises(ValueError, match="JSON"):
            dumps({"a": value})


def test_what_goes_out_is_compact_utf8_in_the_order_given() -> None:
    assert dumps({"b": "é", "a": [1, None]}) == '{"b":"é","a":[1,null]}'.encode()
