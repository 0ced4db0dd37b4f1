"""What is said on the wire of a unit's readings, questions and quizzes singly."""

from __future__ import annotations

from marshmallow import fields

from service.content.parts import MOST_ENTRIES
from service.seeding.schemas import UnitWrittenOut
from service.web.fields import In, Integer, ListOf, Out, Query, Slug
from service.web.paging import Cursor, PageQuery, list_of

SECTION = {"description": "the section's key; may be left out where the unit has one section"}
GROUP = {"description": "the choice's key; with `option`"}
OPTION = {"description": "the key of the choice's option"}
BEFORE = {"description": "the key of the reading before which it may be read"}
PLACES = ("section", "group", "option", "before")
"""What names the list in which a reading stands."""


class PlaceOut(Out):
    """Where an entry stands, as it is asked for when it is written; only readings have more than a position."""

    section = Slug(metadata=SECTION)
    group = Slug(metadata=GROUP)
    option = Slug(metadata=OPTION)
    before = Slug(metadata=BEFORE)
    position = Integer(required=True, metadata={"description": "its index in the list of the document, from 0"})


class EntryOut(Out):
    """A reading, question or quiz, as the unit's document has it."""

    key = Slug(required=True)
    place = fields.Nested(PlaceOut, required=True)
    entry = fields.Dict(required=True, metadata={"description": "as in a file"})


class EntriesQuery(PageQuery):
    """Which entries: those after the cursor."""

    after = Cursor("entries", str)


EntriesOut = list_of(EntryOut, "EntriesOut")


class PositionQuery(Query):
    """Where an entry is to stand."""

    position = Integer(
        highest=MOST_ENTRIES,
        metadata={"description": "the index in its list, from 0; a new one is put at the end, others stay"},
    )


class ListQuery(Query):
    """Which list of readings."""

    section = Slug(metadata=SECTION)
    group = Slug(metadata=GROUP)
    option = Slug(metadata=OPTION)
    before = Slug(metadata=BEFORE)


class ReadingPositionQuery(PositionQuery, ListQuery):
    """Where a reading is to stand."""


class OrderIn(In):
    """The keys of all entries of one list, in order."""

    keys = ListOf(Slug(), longest=MOST_ENTRIES, required=True)


class EntryWrittenOut(UnitWrittenOut):
    """Where the unit stands after one of its entries was written, and the linter's report of the whole unit."""

    key = Slug(required=True, allow_none=True, metadata={"description": "of the entry; null where the order was set"})
