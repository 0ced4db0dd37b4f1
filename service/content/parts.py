"""Fields that hold documents or several values: what is inside is read by its own field or schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any, Protocol, cast

import marshmallow as ma

from service.content.fields import WordField
from service.content.refusals import BROKEN, UNWELCOME, Log, Path, Readable, described, shown

MOST_ENTRIES = 2000


class Reader(Protocol):
    """What reads one class of documents: its schema."""

    @property
    def by_name(self) -> Mapping[str, Readable]:
        """Its fields by the names authors write."""

    def read(self, raw: object, path: Path, log: Log, also: Collection[str] = ()) -> Any:
        """The document, or `BROKEN`; `also` are names that may have been meant but are read elsewhere."""


Part = Callable[[], Reader]
"""Gives the reader when it is needed: documents may hold others of their own class."""


class PartField(Readable, ma.fields.Nested):  # type: ignore[misc]
    """A document inside a document."""

    def __init__(self, part: Part, **options: Any) -> None:
        super().__init__(cast(Any, part), **options)
        self.part = part

    def read(self, raw: object, path: Path, log: Log) -> Any:
        return self.part().read(raw, path, log)


class ManyField(Readable, ma.fields.List[Any]):
    """A list. Entries that cannot be read are left out, and `log` is told which are left."""

    inner: Readable

    def read(self, raw: object, path: Path, log: Log) -> Any:
        if not isinstance(raw, list | tuple):
            return log.refuse(path, f"A list is needed here (lines that begin with -, or [ … ]), not {described(raw)}.")
        if len(raw) > MOST_ENTRIES:
            return log.refuse(path, f"A list has at most {MOST_ENTRIES} entries; here are {len(raw)}.")
        read = [self._entry(entry, (*path, index), log) for index, entry in enumerate(raw)]
        kept = [index for index, value in enumerate(read) if value is not BROKEN]
        if len(kept) < len(read):
            log.lost.add(path)
            log.kept[path] = kept
        return tuple(read[index] for index in kept)

    def _entry(self, entry: object, path: Path, log: Log) -> Any:
        if entry is None:
            return log.refuse(path, "This entry is empty: write something, or delete it.")
        return self.inner.read(entry, path, log)


class NamedField(Readable, ma.fields.Dict):
    """Documents or values by names of the author's choice."""

    key_field: Readable
    value_field: Readable

    def read(self, raw: object, path: Path, log: Log) -> Any:
        if not isinstance(raw, Mapping):
            return log.refuse(path, f"Names are needed here, each with its value (name: …), not {described(raw)}.")
        if len(raw) > MOST_ENTRIES:
            return log.refuse(path, f"At most {MOST_ENTRIES} names are taken; here are {len(raw)}.")
        named = {}
        for name, given in raw.items():
            place = path if UNWELCOME.search(str(name)) else (*path, str(name))
            key, value = self._entry(name, given, place, log)
            if key is BROKEN or value is BROKEN:
                log.lost.add(place)
            else:
                named[key] = value
        return named

    def _entry(self, name: object, given: object, path: Path, log: Log) -> tuple[Any, Any]:
        key = self.key_field.read(name, path, log)
        if given is None:
            return key, log.refuse(path, f"`{shown(str(name))}` is empty: give it a value, or delete it.")
        return key, self.value_field.read(given, path, log)


class KindField(Readable):
    """One of several documents, told apart by their `kind`."""

    def __init__(self, kinds: Mapping[str, Part], **options: Any) -> None:
        super().__init__(**options)
        self.kinds = kinds
        self.word = WordField(list(kinds))

    def read(self, raw: object, path: Path, log: Log) -> Any:
        if not isinstance(raw, Mapping):
            kinds = ", ".join(self.kinds)
            return log.refuse(path, f"Fields are needed here, `kind` among them ({kinds}), not {described(raw)}.")
        if raw.get("kind") is None:
            return log.refuse((*path, "kind"), f"`kind` is missing: write one of {', '.join(self.kinds)}.")
        kind = self.word.read(raw["kind"], (*path, "kind"), log)
        if kind is not BROKEN:
            return self.kinds[kind]().read(raw, path, log)
        written = raw["kind"]
        if isinstance(written, str) and (near := get_close_matches(written[:60], self.kinds, n=1)):
            # The kind that was meant tells what else is wrong.
            self.kinds[near[0]]().read({**raw, "kind": near[0]}, path, log)
        return BROKEN


class WrappedField(Readable):
    """One of several documents, told apart by the name each is written under; one is written as it is."""

    def __init__(self, bare: Part, wrapped: Mapping[str, Part], **options: Any) -> None:
        super().__init__(**options)
        self.bare = bare
        self.wrapped = wrapped

    def read(self, raw: object, path: Path, log: Log) -> Any:
        names = ", ".join(f"`{name}:`" for name in self.wrapped)
        if not isinstance(raw, Mapping):
            return log.refuse(path, f"Begin this with what it is ({names}) or with fields, not with {described(raw)}.")
        bare = self.bare()
        for name, part in self.wrapped.items():
            if name in raw and len(raw) == 1 and raw[name] is not None:
                return part().read(raw[name], (*path, name), log)
            if name in raw and name not in bare.by_name:
                return log.refuse((*path, name), f"`{name}` stands alone in its entry: indent what it holds below it.")
        return bare.read(raw, path, log, also=self.wrapped)
