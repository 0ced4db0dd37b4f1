"""Writing answers: what marshmallow looks up for each field of each answer, looked up once for each schema.

An answer may hold hundreds of small objects; what is written is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from marshmallow import Schema, missing
from marshmallow.fields import Field, List, Nested
from marshmallow.utils import get_value

Write = Callable[[Any], Any]


def writer_of(schema: Schema) -> Write:
    """What does as `schema.dump`, for one object."""
    parts = [
        (name if field.data_key is None else field.data_key, field.attribute or name, _of_field(name, field), field)
        for name, field in schema.dump_fields.items()
    ]

    def write(thing: Any) -> Any:
        written: dict[str, Any] = {}
        of_dict = thing if type(thing) is dict else {}
        for key, attribute, write_value, field in parts:
            value = of_dict.get(attribute, missing)
            if value is missing:
                value = get_value(thing, attribute)
                if value is missing:
                    value = field.dump_default
                    value = value() if callable(value) else value
                if value is missing:
                    continue
            written[key] = write_value(value, thing)
        return written

    return write


def _of_field(name: str, field: Field[Any]) -> Callable[[Any, Any], Any]:
    """How a field writes a value of an object; only what marshmallow itself does is done in its place."""
    serialize: Any = type(field)._serialize
    if serialize is Field._serialize:
        return lambda value, _thing: value
    if isinstance(field, Nested) and serialize is Nested._serialize:
        return _of_nested(field)
    if isinstance(field, List) and serialize is List._serialize:
        write = _of_field(name, field.inner)
        return lambda value, thing: None if value is None else [write(one, thing) for one in value]
    return lambda value, thing: field._serialize(value, name, thing)


def _of_nested(field: Nested) -> Callable[[Any, Any], Any]:
    # Made when it is needed: a schema may hold itself.
    writer = cache(lambda: writer_of(field.schema))
    if field.many or field.schema.many:
        return lambda value, _thing: None if value is None else [writer()(one) for one in value]
    return lambda value, _thing: None if value is None else writer()(value)
