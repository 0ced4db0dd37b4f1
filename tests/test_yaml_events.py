"""YAML is read as it was written, refused where it does more than that, and never trusted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.seeding.decoding import LARGEST, MOST_SLIPS
from service.seeding.events import DEEPEST, MOST_NODES, read
from service.seeding.sources import Source

PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
both_parsers = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)


def said(source: Source) -> list[tuple[int, int, str]]:
    """Line, column and message of everything that was refused."""
    return [(slip.line, slip.column, slip.message) for slip in source.slips]


# ------------------------------------------------------------------------------------------------------------ scalars

AS_WRITTEN = [
    "No", "no", "yes", "Yes", "on", "OFF", "true", "False", "null", "Null", "~", "=", "1:30", "1.50", "0123", "0x1F",
    "0b101", "1_000", "1e3", ".5", "5.", "+1", "-0", ".inf", "-.INF", ".nan", "NaN", "2022-03-21",
    "2022-03-21 10:00:00", "12:30:45", "190:20:30", "0o17", "01", "1,000", "a", "a b", "a#b", "a:b", "-a", "?a", ":a",
    "é", "日本語", "🙂", "$x^2$", r"\frac", "it's", 'say "so"', "a <<", "<", "a - b",
]  # fmt: skip


@both_parsers
@pytest.mark.parametrize("text", AS_WRITTEN)
def test_scalars_stay_text(text: str, parser: type) -> None:
    source = read(f"a: {text}\nb:\n  - {text}\n  - x".encode(), parser)
    assert source.slips == ()
    assert source.raw == {"a": text, "b": [text, "x"]}


@both_parsers
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("", None),
        ("# a comment", None),
        ('""', ""),
        ("''", ""),
        ("'1'", "1"),
        ('"a\\tb\\u00e9"', "a\tbé"),
        ("'it''s'", "it's"),
        ("|\n  a\n\n  b\n", "a\n\nb\n"),
        ("|-\n  a\n", "a"),
        (">\n  a\n  b\n", "a b\n"),
        ("a\n  b", "a b"),
        ("|\r\n  a\r\n  b\r\n", "a\nb\n"),
        ("- 1.0\n  - 2", ["1.0", "2"]),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_only_an_empty_plain_scalar_is_nothing(written: str, text: Any, parser: type) -> None:
    before = "a:\n  " if isinstance(text, list) and text else "a: "
    assert read((before + written).encode(), parser).raw == {"a": text}


KEYS = st.text("abcdefgh_", min_size=1, max_size=5)
TREES = st.recursive(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=5), st.booleans())
def test_what_was_written_is_read_and_every_place_is_where_it_is(tree: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, default_style='"', allow_unicode=True, width=60)
    source = read(text.encode())
    assert source.slips == ()
    assert source.raw == tree
    lines = text.split("\n")
    for path, value in walk(tree):
        line, column = source.locate(path)
        value_line, value_column = source.locate_value(path)
        if isinstance(path[-1], str):
            # A long key is written after a question mark; the key is what is pointed at.
            assert lines[line - 1][column - 1 :].startswith(f'"{path[-1]}"')
        else:
            assert (line, column) == (value_line, value_column)
        opening = "[-" if isinstance(value, list) else '{"?' if isinstance(value, dict) else '"'
        assert lines[value_line - 1][value_column - 1] in opening


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Everything inside a value, with the way there."""
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step), inner
        yield from walk(inner, (*path, step))


@given(st.text(max_size=200) | st.lists(st.sampled_from(list(" \n\t:-[]{}'\"&*!|>%@`?#,ab"))).map("".join))
def test_whatever_a_file_holds_reading_it_ends_in_an_answer(text: str) -> None:
    for parser in PARSERS:
        source = read(text.encode("utf-8", "surrogatepass"), parser)
        assert source.whole or source.slips
        lines = text.split("\n")
        assert all(1 <= slip.line <= len(lines) + 1 and slip.column >= 1 for slip in source.slips)


@given(st.lists(st.sampled_from(list(" \n:-[]{}'\"#,ab")), max_size=60).map("".join))
def test_what_is_taken_means_what_it_means_to_yaml(text: str) -> None:
    source = read(text.encode())
    if not source.slips:
        assert untyped(source.raw) == yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  it builds text only


def untyped(raw: Any) -> Any:
    """As PyYAML's own loader of untyped text has it, which knows no difference between nothing and an empty text."""
    if isinstance(raw, dict):
        return {name: untyped(value) for name, value in raw.items()}
    return [untyped(value) for value in raw] if isinstance(raw, list) else raw or ""


# ------------------------------------------------------------------------------------------------------------- places

SMALL = """\
# a comment
format: x
units:
  - key: a
    text: |
      one
      two
  - {key: ü, minutes: 5}
"""


@pytest.mark.parametrize(
    ("path", "place", "value"),
    [
        ((), (2, 1), (2, 1)),
        (("format",), (2, 1), (2, 9)),
        (("units",), (3, 1), (4, 3)),
        (("units", 0), (4, 5), (4, 5)),
        (("units", 0, "text"), (5, 5), (5, 11)),
        (("units", 1), (8, 5), (8, 5)),
        (("units", 1, "minutes"), (8, 14), (8, 23)),
        (("units", 1, "minutes", "more", 3), (8, 14), (8, 23)),
        (("units", 1, "title"), (8, 5), (8, 5)),
        (("units", 7, "title"), (3, 1), (4, 3)),
        (("nowhere", "at", "all"), (2, 1), (2, 1)),
    ],
)
def test_a_place_is_that_of_the_name_or_of_the_nearest_thing_around_it(
    path: tuple[str | int, ...], place: tuple[int, int], value: tuple[int, int]
) -> None:
    source = read(SMALL.encode())
    assert source.locate(path) == place
    assert source.locate_value(path) == value


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    source = read(b"\xef\xbb\xbfa: b\nc: d: e")
    assert said(source) == [(2, 5, "A colon followed by a space stands inside a text; put the whole text in quotes.")]
    assert read(b"\xef\xbb\xbfa: b").raw == {"a": "b"}


# -------------------------------------------------------------------------------------------------------------- slips


@both_parsers
@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        # a colon in a title
        ("a: 1\ntitle: Unit 11: Generation", 2, 15, "colon followed by a space"),
        ("- read: Attention: all you need", 1, 18, "colon followed by a space"),
        ("a: {b: c: d}", 1, 9, "colon followed by a space"),
        ("a: one\n b: two", 2, 3, "indented as if it went on"),
        # a comma or a question mark in braces
        ("a: {text: yes, no, k: v}", 1, 16, "“no” stands in braces without a value"),
        ("a: {b}", 1, 5, "“b” stands in braces without a value"),
        # a sign that begins something else
        ("a: `code`", 1, 4, "cannot begin with `"),
        ("a: @ida", 1, 4, "cannot begin with @"),
        ("a: %TAG", 1, 4, "cannot begin with %"),
        ("%a: b", 1, 1, "cannot begin with %"),
        ("a: *so* it is", 1, 4, "cannot begin with *"),
        ("a: *so", 1, 4, "a text that begins with * in quotes"),
        ("a: & more", 1, 4, "cannot begin with &"),
        ("a: &so it is", 1, 4, "a text that begins with & in quotes"),
        ("a: !important", 1, 4, "a text that begins with ! in quotes"),
        ("a: !important!is it", 1, 4, "cannot begin with !"),
        ("a: [draft] Introduction", 1, 12, "goes on after ]"),
        ("- [x](https://example.org)", 1, 6, "goes on after ]"),
        ("a: 'one' two", 1, 10, "goes on after '"),
        ('a: "one" two', 1, 10, 'goes on after "'),
        ("a: {{ name }} is", 1, 5, "begins with [, { or *"),
        ("a: > 5", 1, 4, "cannot begin with >"),
        ("a: |x", 1, 4, "cannot begin with |"),
        ("a: , b", 1, 4, "cannot begin with ,"),
        ("a: - b", 1, 4, "begins on a line of its own"),
        # a tab
        ("a:\n\tb: c", 2, 1, "A tab stands here"),
        ("a:\n  b: c\n  \td: e", 3, 3, "A tab stands here"),
        ("a: b\n\tc: d", 2, 1, "A tab stands here"),
        # what was opened and not closed
        ("a: {b: c\nd: e", 1, 4, "The { opened here is not closed"),
        ("a: [b, c\nd: e", 1, 4, "The [ opened here is not closed"),
        ("a: [b", 1, 4, "The [ opened here is not closed"),
        ('a: "b\nc: d\n', 1, 4, "quotation mark is never closed"),
        ('a: "\\z"', 1, None, "backslash begins an escape"),
        ('a: "\\frac"', 1, 4, "invisible character U+000C"),
        # structure
        ("a:\n  b: c\n d: e", 3, 2, "begin in column 1 (as on line 1)"),
        ("- a\nb: c", 2, 1, "fits nothing above it"),
        ("a: b\nc\nd: e", 2, 1, "neither “name: value” nor “- entry”"),
        ("a: b\nc: d\na: e", 3, 1, "“a” is already given on line 1"),
        ("a: b\n---\nc: d", 2, 1, "A second document begins here"),
        ("a: b\n...\nc: d", 3, 1, "The document ended above"),
        ("%YAML 1.1\n---\na: b", 1, 1, "directive"),
        ("a: b\n<<: {c: d}", 2, 1, "<< would copy in another mapping"),
        ("[a]: b", 1, 1, "cannot be a name"),
        ("{: b}", 1, 2, "A name is missing"),
        ("? \n: b", 1, None, "A name is missing"),
        ("a: !!str b", 1, 4, "would give this a type"),
        ("", 1, 1, "The file is empty"),
        ("# nothing but this\n", 1, 1, "The file is empty"),
        # what nobody can see
        ("a: b\nc: d\x00e", 2, 5, "U+0000"),
        ("a: b\u2028c", 1, 5, "U+2028"),
        ("a: \ufeffb", 1, 4, "U+FEFF"),
        ('a: "\\0"', 1, 4, "U+0000"),
    ],
)
def test_a_slip_is_told_in_plain_language_where_it_is(
    text: str, line: int, column: int | None, words: str, parser: type
) -> None:
    slips = said(read(text.encode(), parser))
    assert [slip[0] for slip in slips] == [line]
    assert words in slips[0][2]
    assert column in (slips[0][1], None)


def test_a_question_mark_in_braces_is_taken_or_told() -> None:
    for parser in PARSERS:
        source = read(b"a: {text: Is it so?, k: v}", parser)
        if source.slips:
            assert said(source) == [(1, 19, "A ? stands inside braces or brackets; put the whole text in quotes.")]
        else:
            assert source.raw == {"a": {"text": "Is it so?", "k": "v"}}


@pytest.mark.parametrize(
    ("content", "slip"),
    [
        ("a: b\nü: \xff".encode("latin-1"), (2, 1, "The byte 0xfc is no UTF-8; save the file as UTF-8.")),
        ("a: ü".encode() + b"\x80", (1, 5, "The byte 0x80 is no UTF-8; save the file as UTF-8.")),
        (b"\xef\xbb\xbfa: b\nc: \xff", (2, 4, "The byte 0xff is no UTF-8; save the file as UTF-8.")),
        (b"a: \xed\xa0\x80", (1, 4, "The byte 0xed is no UTF-8; save the file as UTF-8.")),
        ("a: b".encode("utf-16"), (1, 1, "The file is written in UTF-16; save it as UTF-8.")),
    ],
)
def test_only_utf_8_is_read(content: bytes, slip: tuple[int, int, str]) -> None:
    assert said(read(content)) == [slip]


def test_one_refusal_does_not_hide_the_next() -> None:
    source = read(b"a: &x 1\nb: *x\na: 2\nc: !t d\ne: {f, g: h}\ni: j: k\nl: *x")
    assert [slip.line for slip in source.slips] == [1, 2, 3, 4, 5, 6]
    assert not source.whole


def test_what_was_refused_and_what_it_broke_are_one_slip() -> None:
    assert len(read(b"a: *bold text").slips) == 1


# -------------------------------------------------------------------------------------------------------------- bombs

LAUGHS = "a: &a [x]\n" + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in ("ab", "bc", "cd", "de", "ef"))
MERGES = "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [*a, *a, *a, *a]}}\n" for n in range(30))

BOMBS = {
    "30,000 brackets": "[" * 30_000,
    "a million brackets": "[" * 1_000_000,
    "half a million braces": "{" * 500_000,
    "lists in lists": "- " * 500_000,
    "keys in keys": "? " * 500_000,
    "mappings in mappings": "{a: " * 250_000,
    "mappings in lists": "[{a: " * 200_000,
    "quoted keys": '{"a":' * 200_000,
    "ever further in": "".join(" " * n + "a:\n" for n in range(1_000)),
    "closed again": "[" * 40_000 + "]" * 40_000,
    "billion laughs": LAUGHS,
    "merge keys": MERGES,
    "itself": "a: &a [*a, *a]",
    "many anchors": "".join(f"- &a{n} x\n" for n in range(60_000)),
    "many aliases": "- &a x\n" + "- *a\n" * 150_000,
    "many entries": "- a\n" * 250_000,
    "many empty lists": "[" + "[]," * 340_000,
    "many names": "".join(f"a{n}:\n" for n in range(120_000)),
    "one name again and again": "a: 1\n" * 200_000,
    "many documents": "---\n" * 250_000,
    "many directives": "%TAG ! x\n" * 100_000,
    "a long tag": "!<" + "a" * 1_000_000 + "> b",
    "a long anchor": "&" + "a" * 1_000_000 + " b",
    "an open quotation mark": '"' + "a\n" * 500_000,
    "escapes": '"' + "\\" * 1_000_001 + '"',
    "zeros": "\0" * 1_000_000,
    "line separators": "\u2028" * 300_000,
    "tabs": "\t" * 1_000_000,
    "too large": "a" * (LARGEST + 1),
    "no name": "a" * 1_000_000 + ":",
    "question marks": "{" + "?" * 1_000_000,
    "commas": "[" + "," * 1_000_000,
    "colons": "a:" + " :" * 500_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_at_once(bomb: str) -> None:
    content = bomb.encode()
    times = []
    for _ in range(3):
        begun = time.process_time()
        slips = read(content).slips
        times.append(time.process_time() - begun)
        assert 1 <= len(slips) <= MOST_SLIPS + 1
        assert all(slip.line >= 1 and slip.column >= 1 for slip in slips)
    if yaml.__with_libyaml__:
        assert min(times) <= 0.2


@pytest.mark.parametrize(
    "bomb", ["30,000 brackets", "lists in lists", "billion laughs", "merge keys", "itself", "zeros"]
)
def test_a_bomb_is_refused_without_libyaml_as_well(bomb: str) -> None:
    assert read(BOMBS[bomb].encode(), yaml.SafeLoader).slips


def test_the_limits_are_where_they_are_said_to_be() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert read(deep.encode()).slips == ()
    assert said(read(f"a: [{deep}]".encode()))[0][:2] == (1, 4 + DEEPEST - 1)
    assert read(b"- a\n" * (MOST_NODES - 1)).slips == ()
    assert said(read(b"- a\n" * MOST_NODES))[0][:2] == (MOST_NODES, 3)
    full = b"a: " + b"x" * (LARGEST - 3)
    assert read(full).slips == ()
    assert said(read(full + b"x")) == [(1, 1, "The file is larger than 1024 KiB; divide it into several units.")]
