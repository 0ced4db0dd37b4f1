"""What is said of courses, units and readings on the wire.

A unit and its reading list are rendered through these schemas once, when the unit is published.
"""

from __future__ import annotations

from typing import get_args

from marshmallow import fields

from service.domain.documents.words import VERBS, Importance
from service.web.fields import In, Integer, Moment, OneOf, Out, Query, RichText, Slug, Uuid
from service.web.paging import Cursor, PageQuery


class CourseOut(Out):
    """A course with its counts of published units and quizzes."""

    course = Slug(required=True, metadata={"description": "the course's name in addresses"})
    title = fields.String(required=True)
    term = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    time_zone = fields.String(required=True)
    licence = fields.String(required=True, allow_none=True)
    starts = fields.String(required=True, allow_none=True)
    ends = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    visibility = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "goes up with every published change"})
    units = fields.Integer(required=True)
    quizzes = fields.Integer(required=True)


class CoursesQuery(PageQuery):
    """Which courses: those after the cursor."""

    after = Cursor("courses", str)


class UnitSummaryOut(Out):
    """A unit in a list."""

    key = Slug(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    version = fields.Integer(
        required=True, attribute="course_version", metadata={"description": "the course's version of its last change"}
    )
    updated_at = Moment(required=True)


SINCE = "a version of the course: only what changed after it"


class UnitsQuery(PageQuery):
    """Which units: those after the cursor, and of them those that changed since."""

    after = Cursor("units", str, int)
    since = Integer(load_default=0, metadata={"description": SINCE})


class UnitChangeOut(Out):
    """What became of a unit. `withdrawn` and `archived` units are no longer there to be read."""

    key = Slug(required=True)
    what = OneOf(
        *("published", "changed", "withdrawn", "archived"),
        required=True,
        metadata={"description": "published: it was not there at `since`"},
    )
    version = fields.Integer(
        required=True, metadata={"description": "the course's version of its last change; those listed ascend"}
    )


class ChangesQuery(PageQuery):
    """Which changes: those after a version of the course, from the cursor on."""

    after = Cursor("changes", int, int)
    since = Integer(
        load_default=0, metadata={"description": "`version` of the answer you read last; 0 for everything there is"}
    )


class LinkOut(Out):
    """One more address of a resource."""

    label = fields.String(required=True, allow_none=True)
    url = fields.String(required=True)
    media = fields.String(required=True, allow_none=True)


class ResourceOut(Out):
    """A thing in the world that can be read, watched or used."""

    key = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    media = fields.String(required=True, allow_none=True)
    links = fields.List(fields.Nested(LinkOut), required=True)
    authors = fields.List(fields.String(), required=True)
    year = fields.Integer(required=True, allow_none=True)
    publisher = fields.String(required=True, allow_none=True)
    doi = fields.String(required=True, allow_none=True)
    arxiv = fields.String(required=True, allow_none=True)
    isbn = fields.String(required=True, allow_none=True)
    access = fields.String(required=True, allow_none=True)


class RelatedResourceOut(ResourceOut):
    """A resource that belongs to one that is asked for: the book of a chapter, the paper another extends."""

    relation = fields.String(required=True)
    of = fields.String(required=True, metadata={"description": "the key of the resource it belongs to"})


class ObjectiveOut(Out):
    """What a student should be able to do afterwards."""

    id = Uuid(required=True)
    key = Slug(required=True)
    text = RichText(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True, allow_none=True)
    group = fields.String(required=True, allow_none=True)
    supplemental = fields.Boolean(required=True)


class ReadingOut(Out):
    """A request to do something with a resource."""

    id = Uuid(required=True)
    key = Slug(required=True)
    verb = fields.String(required=True)
    importance = fields.String(required=True)
    title = fields.String(required=True)
    resource = fields.Nested(ResourceOut, required=True, allow_none=True)
    portion = fields.String(required=True, allow_none=True)
    locator = fields.String(required=True, allow_none=True)
    note = RichText(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    condition = fields.String(required=True, allow_none=True)
    due = fields.String(required=True, allow_none=True)
    guiding_questions = fields.List(RichText(), required=True)
    objectives = fields.List(Uuid(), required=True)
    extension_of = Uuid(required=True, allow_none=True)
    before = fields.List(fields.Nested(lambda: ReadingOut()), required=True)


class OptionOut(Out):
    """One bundle of readings among which to choose."""

    key = Slug(required=True)
    label = fields.String(required=True, allow_none=True)
    readings = fields.List(fields.Nested(ReadingOut), required=True)


class ChoiceGroupOut(Out):
    """A choice: at least `min` of the options, at most `max`."""

    id = Uuid(required=True)
    key = Slug(required=True)
    prompt = RichText(required=True)
    min = fields.Integer(required=True)
    max = fields.Integer(required=True, allow_none=True)
    importance = fields.String(required=True)
    options = fields.List(fields.Nested(OptionOut), required=True)


class TaskOut(Out):
    """Something to do elsewhere."""

    key = Slug(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    note = RichText(required=True, allow_none=True)
    due = fields.String(required=True, allow_none=True)
    importance = fields.String(required=True)


class ItemOut(Out):
    """One item of a section: exactly one of these."""

    reading = fields.Nested(ReadingOut)
    choose = fields.Nested(ChoiceGroupOut)
    task = fields.Nested(TaskOut)
    note = RichText()


class SectionOut(Out):
    """A part of the unit's page."""

    key = Slug(required=True)
    title = fields.String(required=True)
    intro = RichText(required=True, allow_none=True)
    items = fields.List(fields.Nested(ItemOut), required=True)


class MeetingOut(Out):
    """A class meeting."""

    key = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    day = fields.String(required=True, allow_none=True)
    date = fields.String(required=True, allow_none=True)
    note = RichText(required=True, allow_none=True)


class TermOut(Out):
    """A term of the glossary."""

    term = fields.String(required=True)
    aliases = fields.List(fields.String(), required=True)
    text = RichText(required=True)


class GlossaryTermOut(TermOut):
    """A term of the course's glossary, with the unit that explains it."""

    unit = Slug(required=True)


class GlossaryQuery(PageQuery):
    """Which terms: those after the cursor."""

    after = Cursor("glossary", str, str, int)


class QuizInUnitOut(Out):
    """A quiz of the unit; its settings are at its own address."""

    id = Uuid(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    importance = fields.String(required=True)
    questions = fields.Integer(required=True, metadata={"description": "how many an attempt asks"})


class UnitOut(Out):
    """A unit with all a student reads of it; its questions are met in its quizzes."""

    course = Slug(required=True)
    key = Slug(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    group = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    starts = fields.String(required=True, allow_none=True)
    ends = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "counts the unit's published versions"})
    summary = RichText(required=True, allow_none=True)
    objectives_intro = fields.String(required=True, allow_none=True)
    objectives = fields.List(fields.Nested(ObjectiveOut), required=True)
    sections = fields.List(fields.Nested(SectionOut), required=True)
    meetings = fields.List(fields.Nested(MeetingOut), required=True)
    quizzes = fields.List(fields.Nested(QuizInUnitOut), required=True)
    terms = fields.List(fields.Nested(TermOut), required=True)


class ListedReadingOut(Out):
    """One line of a reading list: what to do with which resource, and where it stands in the unit."""

    reading = Uuid(required=True)
    verb = fields.String(required=True)
    importance = fields.String(required=True)
    title = fields.String(required=True)
    portion = fields.String(required=True, allow_none=True)
    condition = fields.String(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    section = fields.String(required=True)
    group = Uuid(required=True, allow_none=True, metadata={"description": "the choice group it is part of"})
    option = fields.String(required=True, allow_none=True)
    before = Uuid(required=True, allow_none=True, metadata={"description": "the reading it prepares for"})
    resource = fields.Nested(ResourceOut, required=True, allow_none=True)


class GroupInListOut(Out):
    """A choice among the readings of a list."""

    id = Uuid(required=True)
    prompt = fields.String(required=True)
    min = fields.Integer(required=True)
    max = fields.Integer(required=True, allow_none=True)
    importance = fields.String(required=True)


class ReadingListOut(Out):
    """What the unit asks to read, in order, and the resources these belong to."""

    course = Slug(required=True)
    unit = Slug(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    readings = fields.List(fields.Nested(ListedReadingOut), required=True)
    groups = fields.List(fields.Nested(GroupInListOut), required=True)
    related = fields.List(fields.Nested(RelatedResourceOut), required=True)


class ReadingListQuery(Query):
    """Which readings: those of this importance, or with this verb."""

    importance = OneOf(*get_args(Importance))
    verb = OneOf(*VERBS)


class UnitStateOut(Out):
    """Where a unit stands, for those who edit it."""

    course = Slug(required=True)
    unit = Slug(required=True)
    title = fields.String(required=True, metadata={"description": "as the newest version says"})
    status = fields.String(required=True, metadata={"description": "published: students see it"})
    version = fields.Integer(required=True, metadata={"description": "the newest version"})
    published_version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "the version that was published last"}
    )


class UnitVersionOut(Out):
    """One version of a unit: whence it came (a file, the API, both merged), and who wrote it."""

    version = fields.Integer(required=True)
    origin = fields.String(required=True, metadata={"description": "seed, api or merge"})
    author = Uuid(required=True, allow_none=True, metadata={"description": "a person; null for files and systems"})
    digest = fields.String(required=True, metadata={"description": "equal content has equal digests"})
    published = fields.Boolean(required=True, metadata={"description": "whether students see this one"})
    created_at = Moment(required=True)


class UnitVersionsQuery(PageQuery):
    """Which versions: those after the cursor, which are older."""

    after = Cursor("unit-versions", int)


class DiffQuery(Query):
    """Which versions to compare."""

    from_ = Integer(
        lowest=1, load_default=None, data_key="from", attribute="from", metadata={"description": "the published one"}
    )
    to = Integer(lowest=1, load_default=None, metadata={"description": "the newest one"})


class DocumentChangeOut(Out):
    """A value that is another one: `path` leads to it by names and keys, not by places."""

    path = fields.List(fields.String(), required=True)
    what = fields.String(required=True, metadata={"description": "added, removed, changed or moved"})
    before = fields.Raw(metadata={"description": "of what was moved: the keys in their order"})
    after = fields.Raw()


class DifferencesOut(Out):
    """What is different between two versions, in the order of the document."""

    from_ = fields.Integer(required=True, data_key="from", attribute="from")
    to = fields.Integer(required=True)
    changes = fields.List(fields.Nested(DocumentChangeOut), required=True)


class RevertIn(In):
    """The version to go back to."""

    version = Integer(lowest=1, required=True)


class PreviewQuery(Query):
    """Which version."""

    version = Integer(lowest=1, load_default=None, metadata={"description": "the newest one"})


class PreviewedQuestionOut(Out):
    """A question as a student would be asked it."""

    key = Slug(required=True)
    question = fields.Dict(required=True)


class PreviewOut(Out):
    """A unit as students would be given it; ids of what is new are made up."""

    version = fields.Integer(required=True)
    unit = fields.Nested(UnitOut, required=True)
    reading_list = fields.Nested(ReadingListOut, required=True)
    questions = fields.List(fields.Nested(PreviewedQuestionOut), required=True)
