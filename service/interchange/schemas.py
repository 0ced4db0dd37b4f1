"""What is said on the wire of bringing in what others have written."""

from __future__ import annotations

from marshmallow import fields

from service.web.fields import Flag, OneOf, Out, Query, Slug, String

FORMATS = ("gift", "hugo")
"""By name, what `formats.py` knows how to read: it is loaded where something is imported."""


class ImportQuery(Query):
    """What the body is, and where it goes to."""

    format = OneOf(*FORMATS, load_default="gift")
    name = String(
        300,
        shortest=1,
        load_default="import",
        metadata={"description": "the file's name or path: it names the unit, and tells it when it comes again"},
    )
    unit = Slug(load_default=None, metadata={"description": "put it into this unit, instead of making one of it"})
    dry_run = Flag(load_default=False)


class ImportFindingOut(Out):
    """Something at a line that a person should look at; an error was not taken."""

    line = fields.Integer(required=True)
    column = fields.Integer(required=True)
    severity = fields.String(required=True, metadata={"description": "warning or error"})
    message = fields.String(required=True)


class ImportDifferenceOut(Out):
    """What is different in the unit then."""

    path = fields.List(fields.String(), required=True)
    what = fields.String(required=True, metadata={"description": "added, changed or gone"})


class ImportedOut(Out):
    """The unit that was written as a draft, and what became of every line of the file."""

    unit = Slug(required=True)
    what = fields.String(required=True, metadata={"description": "added, changed or unchanged"})
    dry_run = fields.Boolean(required=True, metadata={"description": "true: nothing was written"})
    differences = fields.List(fields.Nested(ImportDifferenceOut), required=True)
    path = fields.String(required=True)
    lines = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "how many had which fate"},
    )
    notes = fields.List(fields.Integer(), required=True)
    hidden = fields.List(fields.Integer(), required=True)
    not_understood = fields.List(fields.Integer(), required=True)
    findings = fields.List(fields.Nested(ImportFindingOut), required=True)
