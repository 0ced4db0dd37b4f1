"""Rosters: who is to be in a course, as a table of text (CSV) that an LMS or a spreadsheet writes.

The first line names the columns: `login` or `external_id` (with `issuer`), and as wanted `name` and `role`. They may
be separated by commas, semicolons or tabs. Mistakes name their line and column as a text editor shows them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.domain.mistakes import Mistake
from service.domain.people import mistakes_of_external_id, mistakes_of_login, mistakes_of_name
from service.domain.roles import Role
from service.domain.values import meant

COLUMNS = ("login", "name", "role", "issuer", "external_id")
ROLES = (Role.STUDENT.value, Role.INSTRUCTOR.value)
MOST_LINES = 5_000


@dataclass(frozen=True)
class RosterLine:
    """One person of a roster: named by `login`, or by `external_id` of `issuer`, or both; the rest may be empty."""

    number: int
    login: str = ""
    name: str = ""
    role: Role = Role.STUDENT
    issuer: str = ""
    external_id: str = ""

    @property
    def shown(self) -> str:
        """What the line calls the person."""
        return self.login or f"{self.external_id} of {self.issuer}"


@dataclass(frozen=True, order=True)
class RosterMistake:
    """What is wrong at a line (1 is the first of the file) and a column (by name; empty for the whole line)."""

    line: int
    column: str
    message: str

    @property
    def told(self) -> str:
        """As one sentence with its place."""
        return f"Line {self.line}{f', column {self.column}' if self.column else ''}: {self.message}"

    @property
    def mistake(self) -> Mistake:
        """The same as everything else that is refused."""
        return Mistake(("lines", self.line, *((self.column,) if self.column else ())), self.told)


@dataclass(frozen=True)
class Roster:
    """The lines that can be read, and what is wrong with the others."""

    lines: tuple[RosterLine, ...]
    mistakes: tuple[RosterMistake, ...]


def read_roster(text: str) -> Roster:
    """What a text says, as far as it can be told without knowing anybody."""
    rows = _Rows(text)
    header = [name.strip().lower() for name in rows.header]
    if found := list(_mistakes_of_header(header)):
        return Roster((), tuple(found))
    lines: list[RosterLine] = []
    for number, cells in rows:
        if len(lines) >= MOST_LINES:
            rows.mistakes.append(RosterMistake(number, "", f"A roster has at most {MOST_LINES} lines; split it."))
            break
        given = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        wrong = [*_mistakes_of_width(header, cells), *_mistakes_of_cells(given)]
        rows.mistakes.extend(RosterMistake(number, column, message) for column, message in wrong)
        if not wrong:
            role = Role(given.pop("role", "") or Role.STUDENT)
            lines.append(RosterLine(number, role=role, **given))
    return Roster(tuple(lines), tuple(sorted([*rows.mistakes, *_said_twice(lines)])))


class _Rows:
    """The rows of a text with the number of the line each begins at; what is no table ends it."""

    def __init__(self, text: str) -> None:
        self.mistakes: list[RosterMistake] = []
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(
            io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True
        )
        self._rows = self._walk()
        self.header = next(self._rows, (1, []))[1]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self._rows

    def _walk(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            begins = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                message = f"This cannot be read as a table ({error}). Is there a quote too many or too few?"
                self.mistakes.append(RosterMistake(begins, "", message))
                return
            if any(cell.strip() for cell in cells):
                yield begins, cells


def _mistakes_of_header(header: list[str]) -> Iterator[RosterMistake]:
    known = f"The first line names the columns; known are: {', '.join(COLUMNS)}."
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            near = meant(column, dict.fromkeys(COLUMNS))
            yield RosterMistake(1, column[:64], f"There is no such column{near} {known}")
        elif header.count(column) > 1:
            yield RosterMistake(1, column, "This column is there twice.")
    if not header:
        yield RosterMistake(1, "", f"The file is empty. {known}")
    elif not {"login", "external_id"} & set(header):
        yield RosterMistake(1, "", f"A column login is needed, or external_id and issuer. {known}")


def _mistakes_of_width(header: list[str], cells: list[str]) -> Iterator[tuple[str, str]]:
    if len(cells) > len(header):
        yield "", f"There are {len(cells)} cells and {len(header)} columns; quote a cell that holds the separator."


def _mistakes_of_cells(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what is wrong in it)."""
    login, issuer, external_id = given.get("login", ""), given.get("issuer", ""), given.get("external_id", "")
    if not login and not external_id:
        yield "login", "Say who it is: a login, or an external_id with its issuer."
    elif login:
        yield from _at_column(mistakes_of_login(login))
    yield from _at_column(mistakes_of_external_id(issuer or None, external_id or None))
    if given.get("name"):
        yield from _at_column(mistakes_of_name(given["name"]))
    if given.get("role", "") not in ("", *ROLES):
        yield "role", f"Give one of: {', '.join(ROLES)}; an empty cell means student."


def _at_column(mistakes: Iterator[Mistake]) -> Iterator[tuple[str, str]]:
    return ((str(mistake.path[0]), mistake.message) for mistake in mistakes)


def _said_twice(lines: list[RosterLine]) -> Iterator[RosterMistake]:
    seen: dict[tuple[str, ...], int] = {}
    for line in lines:
        names: list[tuple[str, ...]] = [("login", line.login)] if line.login else []
        names += [("external_id", line.issuer, line.external_id)] if line.external_id else []
        for name in names:
            if name in seen:
                yield RosterMistake(line.number, name[0], f"This person is in line {seen[name]} already.")
            seen.setdefault(name, line.number)
