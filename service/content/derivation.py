"""Derives from a document's dataclass the marshmallow schema that reads it.

Marshmallow's fields declare (for OpenAPI, and for whoever nests a schema); reading is done here, because authors are
owed every mistake at once, in order and with its place, and whatever of the rest can still be checked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property, partial
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import marshmallow as ma

from service.content.fields import (
    ANY_WHOLE,
    DayField,
    FlagField,
    MomentField,
    NameField,
    NumberField,
    TextField,
    WholeField,
    WordField,
)
from service.content.parts import KindField, ManyField, NamedField, PartField, WrappedField
from service.content.refusals import BROKEN, UNWELCOME, Log, Path, Readable, as_messages, described, shown
from service.domain.documents.words import Bounds, Form
from service.domain.fields import Shorthand, Text
from service.domain.mistakes import Rejected

PLAIN = Text(300)
"""What a text may be where its declaration says nothing."""


class DocumentSchema(ma.Schema):
    """The schema of one document class; `load` gives an instance of it."""

    class Meta:
        unknown = ma.RAISE
        register = False

    document: ClassVar[type[Any]]
    shorthand: ClassVar[Shorthand]

    def load(self, data: Any, **options: Any) -> Any:
        """The document `data` says. Raises marshmallow's `ValidationError`."""
        log = Log()
        try:
            document = self.read(data, (), log)
        except Rejected:
            document = BROKEN
        if log.mistakes:
            raise ma.ValidationError(as_messages(log.mistakes))
        return document

    def read(self, raw: object, path: Path, log: Log, also: Collection[str] = ()) -> Any:
        """The document, or `BROKEN` where something it must have is missing or could not be read.

        What it need not have and could not be read is left out; its own rules are asked only of a whole document.
        """
        before = len(log.mistakes)
        values = self.read_fields(raw, path, log, also)
        if values is None or not self.required.keys() <= values.keys():
            return BROKEN
        document = self.document(**values)
        own = getattr(document, "mistakes", None)
        if own is not None and len(log.mistakes) == before:
            log.mistakes += [mistake.under(*path) for mistake in own()]
        return document

    def read_fields(self, raw: object, path: Path, log: Log, also: Collection[str] = ()) -> dict[str, Any] | None:
        """The fields that could be read, by the names of their attributes; None where there are no fields at all.

        `also` are names that may have been meant but are read elsewhere.
        """
        long = self._expanded(raw)
        if not isinstance(long, Mapping):
            some = ", ".join(f"`{name}`" for name in self.by_name)
            log.refuse(path, f"Fields are needed here ({some[:200]}), not {described(long)}.")
            return None
        values: dict[str, Any] = {}
        unknown = []
        for name, given in long.items():
            field = self.by_name.get(name)
            if field is None:
                unknown.append(name)
            elif given is not None:
                value = field.read(given, (*path, name), log)
                if value is BROKEN:
                    log.lost.add((*path, name))
                else:
                    values[str(field.name)] = value
        guessed = self._refuse_unknown(unknown, path, log, also)
        if len(unknown) < len(long) or not long:
            self._refuse_missing(long, guessed, path, log)
        return values

    def _expanded(self, raw: object) -> object:
        """`raw` in its long form."""
        short = getattr(self.document, "SHORT", None)
        expand = getattr(self.document, "expand", None)
        long = raw if expand is None else expand(raw)
        return {short: long} if short is not None and isinstance(long, str | int | float) else long

    def _refuse_unknown(self, names: list[Any], path: Path, log: Log, also: Collection[str]) -> set[str]:
        """Refuse fields there are not, and say which were probably meant: these are returned."""
        if not names:
            return set()
        known = list(dict.fromkeys([*self.by_name, *self.shorthand.also, *also]))
        guessed = set()
        for name in map(str, names):
            near = get_close_matches(name, known, n=1)
            where = path if UNWELCOME.search(name) else (*path, name)
            if name in known:
                log.refuse(where, f"`{name}` does not go with the other fields here.")
            else:
                hint = f": did you mean `{near[0]}`?" if near else f"; there are {', '.join(known)}."
                log.refuse(where, f"Unknown field `{shown(name)}`{hint}")
            guessed.update(near)
        return guessed

    def _refuse_missing(self, given: Mapping[str, Any], guessed: Collection[str], path: Path, log: Log) -> None:
        for name in self.required.values():
            if given.get(name) is None and name not in guessed:
                log.refuse((*path, name), f"`{name}` is missing.")

    @cached_property
    def by_name(self) -> dict[str, Readable]:
        """The fields by the names authors write."""
        return {field.data_key or name: field for name, field in self.fields.items() if isinstance(field, Readable)}

    @cached_property
    def required(self) -> dict[str, str]:
        """The fields that must be there: their attributes and the names authors write."""
        return {str(field.name): name for name, field in self.by_name.items() if field.required}


def field_for(hint: Any, **options: Any) -> Readable:
    """The field for a type of the vocabulary; `options` are marshmallow's."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(inner[0], inner[1:], options)
    if origin in (Union, UnionType):
        return _either([one for one in inner if one is not NoneType], options)
    if origin is tuple:
        return ManyField(field_for(inner[0]), **options)
    if origin is dict:
        keys = NameField(PLAIN.longest) if inner[0] is str else field_for(inner[0])
        return NamedField(keys=keys, values=field_for(inner[1]), **options)
    if origin is Literal:
        return WordField(inner, **options)
    if is_dataclass(hint) and isinstance(hint, type):
        return PartField(partial(reader, hint), **options)
    plain: Readable = _PLAIN[hint](**options)
    return plain


_PLAIN: dict[Any, Any] = {
    str: lambda **options: TextField(PLAIN, **options),
    int: WholeField,
    Decimal: NumberField,
    bool: FlagField,
    date: DayField,
    datetime: MomentField,
}


def _marked(base: Any, marks: tuple[Any, ...], options: dict[str, Any]) -> Readable:
    by_type = {type(mark): mark for mark in marks}
    if base is str:
        return TextField(by_type.get(Text, PLAIN), by_type.get(Form), **options)
    if base is int:
        return WholeField(by_type.get(Bounds, ANY_WHOLE), **options)
    return field_for(base, **options)


def _either(members: list[Any], options: dict[str, Any]) -> Readable:
    if len(members) == 1:
        return field_for(members[0], **options)
    wrapped = {one.WRAPPED: partial(reader, one) for one in members if hasattr(one, "WRAPPED")}
    if wrapped:
        (bare,) = [one for one in members if not hasattr(one, "WRAPPED")]
        return WrappedField(partial(reader, bare), wrapped, **options)
    by_kind = {kind: partial(reader, one) for one in members for kind in get_args(get_type_hints(one)["kind"])}
    return KindField(by_kind, **options)


def schema_for(document: type[Any]) -> type[DocumentSchema]:
    """The schema class of a document class; it has the same name."""
    if document not in _schemas:
        _schemas[document] = _derived(document)
    return _schemas[document]


def reader(document: type[Any]) -> DocumentSchema:
    """The one instance of a document's schema that reads."""
    if document not in _readers:
        _readers[document] = schema_for(document)()
    return _readers[document]


_schemas: dict[type[Any], type[DocumentSchema]] = {}
_readers: dict[type[Any], DocumentSchema] = {}


def _derived(document: type[Any]) -> type[DocumentSchema]:
    hints = get_type_hints(document, include_extras=True)
    members: dict[str, Any] = {
        "__module__": document.__module__,
        "__doc__": document.__doc__,
        "document": document,
        "shorthand": getattr(document, "SHORTHAND", Shorthand()),
    }
    for field in fields(document):
        required = field.default is MISSING and field.default_factory is MISSING
        name = written_name(field.name)
        members[field.name] = field_for(hints[field.name], data_key=name, required=required, allow_none=not required)
    return type(document.__name__, (DocumentSchema,), members)


def written_name(attribute: str) -> str:
    """The name of a field as authors write it: `from_` is `from`."""
    return attribute.rstrip("_")
