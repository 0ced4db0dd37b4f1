"""The format of the files as a JSON Schema (2020-12), so that editors complete and check them as they are written.

It is derived from the very fields that read the files, and is never stricter than they are, but for two things: a
field that stands there empty is refused, and so is white space around the words of a closed list. What needs more
than one place to decide (a key that is there twice, a reference that leads nowhere, a variant that fails) is for
the loader alone. Other programs read YAML's scalars with types, so a text may be a number or a truth here, and a
number a text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import singledispatchmethod
from typing import Any, TypeAlias

from service.content.derivation import DocumentSchema, field_for, reader, written_name
from service.content.fields import (
    DAY,
    MOMENT,
    NUMBER,
    WHOLE,
    DayField,
    FlagField,
    MomentField,
    NameField,
    NumberField,
    TextField,
    WholeField,
    WordField,
)
from service.content.parts import MOST_ENTRIES, KindField, ManyField, NamedField, PartField, WrappedField
from service.content.refusals import Readable
from service.domain.documents import CourseDocument, ResourcesDocument, UnitDocument

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: Mapping[str, type[Any]] = {"course": CourseDocument, "resources": ResourcesDocument, "unit": UnitDocument}
"""What each kind of file holds, by the name in the first line: `format: hornbook/unit@1`."""

_TEXT = ["string", "number", "boolean"]
_ADDRESS = r'([hH][tT][tT][pP][sS]?://|[/#])[^\s<>\[\]"`{}|\\^]*'


def json_schema(file: str | None = None) -> Schema:
    """The schema of one kind of file ("course", "resources", "unit"), or of all of them, told apart by `format`."""
    schemas = _Schemas()
    if file is not None:
        whole = {"title": f"Hornbook: {file}", **schemas.document(FILES[file])}
    else:
        by_format = {f"hornbook/{name}@1": schemas.reference(document) for name, document in FILES.items()}
        whole = {"title": "Hornbook: a course in files", **_told_apart("format", by_format)}
    return {"$schema": DIALECT, **whole, "$defs": dict(sorted(schemas.definitions.items()))}


class _Schemas:
    """Schemas of fields and documents; a document inside another is described once, under its own name."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def reference(self, document: type[Any]) -> Schema:
        """A reference to the description of a document."""
        name = document.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # documents may hold others of their own class
            self.definitions[name] = self.document(document)
        return {"$ref": f"#/$defs/{name}"}

    def document(self, document: type[Any]) -> Schema:
        """A document in its long form and in every short one."""
        schema = reader(document)
        written = self._fields(schema)
        described = {"description": inspect.cleandoc(document.__doc__ or "")}
        if (short := getattr(document, "SHORT", None)) is not None:
            written = _either(written, self.of(schema.by_name[short]))
        if schema.shorthand.bare is not None:
            written = _either(written, self.of(field_for(schema.shorthand.bare)))
        if schema.shorthand.instead is not None:
            written = _either(written, self.reference(schema.shorthand.instead))
        return {**described, **written}

    def _fields(self, schema: DocumentSchema) -> Schema:
        properties = {name: self.of(field) for name, field in schema.by_name.items()}
        for name, default in _defaults(schema.document):
            properties[name]["default"] = default
        for name, hint in schema.shorthand.also.items():
            further = self.of(field_for(hint))
            properties[name] = _either(properties[name], further) if name in properties else further
        made = schema.shorthand.made
        always = [name for name in schema.required.values() if name not in made]
        written: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if always:
            written["required"] = always
        for name, others in made.items():
            if not set(others) & set(always):
                given = [{"required": [other]} for other in others]
                written |= {"if": {"not": {"anyOf": given}}, "then": {"required": [name]}}
        return written

    @singledispatchmethod
    def of(self, field: Readable) -> Schema:
        """The schema of what a field reads."""
        raise TypeError(f"A schema of {type(field).__name__} is needed.")

    @of.register
    def _(self, field: TextField) -> Schema:
        pattern = _ADDRESS if field.text.address else field.text.pattern
        limits: Schema = {"maxLength": field.text.longest}
        return {"type": _TEXT, **limits, **({"pattern": _whole(pattern)} if pattern else {})}

    @of.register
    def _(self, field: NameField) -> Schema:
        return {"type": "string", "maxLength": field.longest}

    @of.register
    def _(self, field: WordField) -> Schema:
        words = list(field.words)
        return {"const": words[0]} if len(words) == 1 else {"enum": words}

    @of.register
    def _(self, field: WholeField) -> Schema:
        bounds = {"minimum": field.bounds.least, "maximum": field.bounds.most}
        return {"type": ["integer", "string"], **bounds, "pattern": _whole(WHOLE.pattern)}

    @of.register
    def _(self, field: NumberField) -> Schema:
        return {"type": ["number", "string"], "pattern": _whole(NUMBER.pattern)}

    @of.register
    def _(self, field: FlagField) -> Schema:
        return {"type": ["boolean", "string"], "pattern": "^(true|false)$"}

    @of.register
    def _(self, field: DayField) -> Schema:
        return {"type": "string", "pattern": _whole(DAY.pattern)}

    @of.register
    def _(self, field: MomentField) -> Schema:
        return {"type": "string", "pattern": _whole(MOMENT.pattern)}

    @of.register
    def _(self, field: ManyField) -> Schema:
        return {"type": "array", "items": self.of(field.inner), "maxItems": MOST_ENTRIES}

    @of.register
    def _(self, field: NamedField) -> Schema:
        names = {keyword: said for keyword, said in self.of(field.key_field).items() if keyword != "type"}
        return {"type": "object", "propertyNames": names, "additionalProperties": self.of(field.value_field)}

    @of.register
    def _(self, field: PartField) -> Schema:
        return self.reference(_document(field.part))

    @of.register
    def _(self, field: KindField) -> Schema:
        return _told_apart("kind", {kind: self.reference(_document(part)) for kind, part in field.kinds.items()})

    @of.register
    def _(self, field: WrappedField) -> Schema:
        wrapped = [
            {
                "type": "object",
                "properties": {name: self.reference(_document(part))},
                "required": [name],
                "additionalProperties": False,
            }
            for name, part in field.wrapped.items()
        ]
        return {"type": "object", "anyOf": [self.reference(_document(field.bare)), *wrapped]}


def _document(part: Any) -> type[Any]:
    document: type[Any] = part().document
    return document


def _defaults(document: type[Any]) -> Iterator[tuple[str, object]]:
    """The fields that have a value when they are left out, where it is a plain one."""
    for field in fields(document):
        if isinstance(field.default, str | int):
            yield written_name(field.name), field.default
        elif isinstance(field.default, Decimal):
            yield written_name(field.name), float(field.default)


def _told_apart(name: str, by_word: Mapping[str, Schema]) -> Schema:
    """One of several documents, told apart by the word in one field: a slip is reported of the one that is meant."""
    return {
        "type": "object",
        "properties": {name: {"enum": list(by_word)}},
        "required": [name],
        "allOf": [
            {"if": {"properties": {name: {"const": word}}, "required": [name]}, "then": schema}
            for word, schema in by_word.items()
        ],
    }


def _whole(pattern: str) -> str:
    """The pattern of a whole text; white space around it makes no difference."""
    return rf"^\s*(?:{pattern})\s*$"


def _either(first: Schema, second: Schema) -> Schema:
    """One or the other: in one schema where each keyword is about one type, so that slips are reported plainly."""
    if "type" in first and "type" in second:
        types, others = _types(first), _types(second)
        if set(types).isdisjoint(others) and set(first) & set(second) == {"type"}:
            return {**first, **second, "type": [*types, *others]}
    return {"anyOf": [first, second]}


def _types(schema: Schema) -> list[str]:
    written = schema["type"]
    return [written] if isinstance(written, str) else list(written)
