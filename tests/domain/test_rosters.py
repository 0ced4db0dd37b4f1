"""Rosters read from text, and the table of who may make whom what."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.enrolling import may_change
from service.domain.roles import Role
from service.domain.rosters import MOST_LINES, ROLES, RosterLine, read_roster

S, I, A = Role.STUDENT, Role.INSTRUCTOR, Role.ADMIN  # noqa: E741  the columns of a table


def wrong(text: str) -> list[tuple[int, str]]:
    """Where a text is wrong: (line, column)."""
    return [(mistake.line, mistake.column) for mistake in read_roster(text).mistakes]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_is_read_however_a_spreadsheet_writes_it(separator: str, ending: str, mark: str) -> None:
    rows = [["Login", " name ", "ROLE"], ["uma", "Uma", ""], [], ["ulf", " Ulf ", "instructor"]]
    roster = read_roster(mark + ending.join(separator.join(row) for row in rows))
    assert not roster.mistakes
    assert roster.lines == (RosterLine(2, "uma", "Uma"), RosterLine(4, "ulf", "Ulf", I))


def test_a_quoted_cell_may_hold_separators_and_lines_count_as_in_an_editor() -> None:
    roster = read_roster('login,name\numa,"Thur, Uma"\nulf,"two\nlines"\nina,Ina\n')
    assert roster.lines == (RosterLine(2, "uma", "Thur, Uma"), RosterLine(5, "ina", "Ina"))
    assert [(m.line, m.column) for m in roster.mistakes] == [(3, "name")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", [(1, "")]),
        ("\n\n", [(1, "")]),
        ("name,role\nUma,student\n", [(1, "")]),
        ("login,nmae\n", [(1, "nmae")]),
        ("login,login\n", [(1, "login")]),
        ("login\numa\nu ma\nulf\n", [(3, "login")]),
        ("login,role\numa,boss\nulf,Student\n", [(2, "role"), (3, "role")]),
        ("login,name\n,Uma\n", [(2, "login")]),
        ("issuer,external_id\nlms,1\n,2\nlms,\n", [(3, "issuer"), (4, "external_id"), (4, "login")]),
        ("login\numa,extra\n", [(2, "")]),
        ("login\numa\nulf\numa\n", [(4, "login")]),
        ("login,issuer,external_id\numa,lms,1\nulf,lms,1\nina,other,1\n", [(3, "external_id")]),
        ('login\n"uma\n', [(2, "")]),
        ('login,name\numa,"U"ma\n', [(2, "")]),
        ("login\n\x00\n", [(2, "login")]),
    ],
)
def test_what_is_wrong_is_named_by_its_line_and_column(text: str, where: list[tuple[int, str]]) -> None:
    assert wrong(text) == where


def test_a_mistake_says_what_would_be_right() -> None:
    [mistake] = read_roster("login,rolle\numa,student\n").mistakes
    assert "did you mean “role”" in mistake.message and "login, name, role, issuer, external_id" in mistake.message
    assert mistake.told.startswith("Line 1, column rolle: ")
    assert mistake.mistake.pointer == "/lines/1/rolle"


def test_a_roster_ends_somewhere() -> None:
    roster = read_roster("login\n" + "".join(f"u{number}\n" for number in range(MOST_LINES + 50)))
    assert len(roster.lines) == MOST_LINES
    assert [(m.line, m.column) for m in roster.mistakes] == [(MOST_LINES + 2, "")]


@given(st.text(max_size=200))
def test_any_text_is_read_or_named(text: str) -> None:
    roster = read_roster(text)
    assert all(mistake.line >= 1 and mistake.message for mistake in roster.mistakes)
    assert all(line.login or line.external_id for line in roster.lines)


NAMES = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=20)
PEOPLE = st.lists(
    st.tuples(st.from_regex(r"[a-z][a-z0-9._@+-]{0,20}", fullmatch=True), NAMES, st.sampled_from(ROLES)),
    max_size=20,
    unique_by=lambda person: person[0],
)


@given(PEOPLE, st.sampled_from(",;\t"))
def test_what_a_program_writes_as_csv_comes_back(people: list[tuple[str, str, str]], separator: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator)
    writer.writerows([("login", "name", "role"), *people])
    roster = read_roster(file.getvalue())
    assert not roster.mistakes
    assert [(line.login, line.name, line.role.value) for line in roster.lines] == people
    assert [line.number for line in roster.lines] == list(range(2, len(people) + 2))


#    who   from  to   may
TABLE = [
    (A,    None, S,    True),  (A,    None, I,    True),  (A, S, I, True),  (A, I, S, True),
    (A,    S,    None, True),  (A,    I,    None, True),  (A, S, S, True),  (A, I, I, True),
    (I,    None, S,    True),  (I,    None, I,    False), (I, S, I, False), (I, I, S, False),
    (I,    S,    None, True),  (I,    I,    None, False), (I, S, S, True),  (I, I, I, True),
    (S,    None, S,    False), (S,    S,    I,    False), (S, S, None, False), (S, S, S, False),
    (None, None, S,    False), (None, S,    None, False), (None, None, I, False), (None, I, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("who", "before", "after", "may"), TABLE)
def test_an_instructor_sees_to_students_and_an_admin_to_everybody(
    who: Role | None, before: Role | None, after: Role | None, may: bool
) -> None:
    assert may_change(who, before, after) is may
