"""Makes a draft unit of what a page asks for: gives keys, and passes everything through the one gate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from service.content.documents import load_unit
from service.domain.documents import UnitDocument, Verb
from service.domain.mistakes import Mistake, Rejected
from service.interchange.html_text import from_html
from service.interchange.hugo import drafts as hugo
from service.interchange.hugo.blocks import source_of
from service.interchange.hugo.drafts import Choice, Draft, Note, Option, Reading, Section, Task, Thing
from service.interchange.hugo.links import is_followable
from service.interchange.hugo.page import Lines, Page
from service.interchange.hugo.vocabulary import kind_at
from service.interchange.hugo.walking import Outcome
from service.interchange.identity import Identity, as_line, digest, keys_for
from service.interchange.reports import Fate

Raw = dict[str, Any]
LONGEST_TEXT = 19_000
LONGEST_NAME, MOST_WORDS = 44, 8
"""Of a name, in a key: characters and words."""
BY_KIND: dict[str, Verb] = {"video": "watch", "podcast": "listen"}
"""What is done with some things where no verb says so."""
_TAG = re.compile(r"</?[a-zA-Z]|<!--")
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5})")
_DOI = re.compile(r"doi\.org/(10\.\d{4,9}/[^\s?#]+)")
_MEDIA = re.compile(r"\.(pdf|docx?|pptx?|ipynb|csv|zip|mp3|mp4|epub)(?:[?#]|$)", re.IGNORECASE)


def assembled(page: Page, outcome: Outcome, head: Raw) -> UnitDocument:
    """The unit, with everything that the gate lets through; what it does not is an error in the report."""
    assembly = _Assembly(page, outcome, head)
    for _ in range(4):
        try:
            return load_unit(assembly.raw())
        except Rejected as rejected:
            if not assembly.leave_out(rejected.mistakes):
                break
    return load_unit({"format": "hornbook/unit@1", "unit": {"key": head["key"], "title": head["title"]}})


class _Assembly:
    """What a page asks for, while it becomes a document."""

    def __init__(self, page: Page, outcome: Outcome, head: Raw) -> None:
        self.page = page
        self.outcome = outcome
        self.head = head
        self.left_out: set[object] = set()
        self.keys: dict[object, str] = {}
        self.resources: dict[str, Thing] = {}
        self._name()

    # -------------------------------------------------------------------------------------------------- naming

    def _name(self) -> None:
        """Give everything a key of what it says; things with the same address are one."""
        things = list(self._things())
        by_address: dict[str, Thing] = {}
        same: dict[Thing, Thing] = {}
        for thing in things:
            same[thing] = by_address.setdefault(thing.address, thing) if thing.address else thing
        distinct = [thing for thing in dict.fromkeys(same.values()) if thing.address]
        self._key(distinct, lambda thing: (thing.title, thing.address or "", "resource"))
        self.resources = {self.keys[thing]: thing for thing in distinct}
        for thing in things:
            if same[thing] in self.keys:
                self.keys[thing] = self.keys[same[thing]]
        self._key(self.outcome.sections, lambda one: (one.title, f"{one.within} / {one.title}", "section"))
        self._key(self.outcome.objectives, lambda one: ("", one.text, "objective"))
        self._key(self.outcome.meetings, lambda one: (_when(one), one.title, "meeting"))
        asked = [one for section in self.outcome.sections for item in section.items for one in _keyed(item)]
        self._key(asked, _said_by)

    def _things(self) -> Any:
        for section in self.outcome.sections:
            for item in section.items:
                for reading in hugo.readings_in(item):
                    yield reading.thing
                    yield from reading.thing.see_also
                    yield from (one.thing for one in reading.before)

    def _key(self, entities: Sequence[Any], said: Callable[[Any], tuple[str, str, str]]) -> None:
        identities = []
        for entity in entities:
            name, text, stands_for = said(entity)
            identities.append(Identity(None, _shortened(name) or None, text, digest(text), stands_for))
        self.keys.update(zip(entities, keys_for(identities), strict=True))

    # ------------------------------------------------------------------------------------------------- writing

    def raw(self) -> Raw:
        """The document, without what was left out."""
        raw: Raw = {"format": "hornbook/unit@1", "unit": dict(self.head)}
        summary = "\n\n".join(self.outcome.summary)
        if summary:
            raw["unit"]["summary"] = self._limited(summary, Lines(1, 1))
        if self.outcome.objectives_intro:
            raw["objectives_intro"] = as_line(self.outcome.objectives_intro)
        self.objectives = [one for one in self.outcome.objectives if one not in self.left_out]
        self.sections = [one for one in self.outcome.sections if one not in self.left_out]
        self.meetings = [one for one in self.outcome.meetings if one not in self.left_out]
        raw["objectives"] = [self._objective(one) for one in self.objectives]
        raw["resources"] = {key: self._resource(key, thing) for key, thing in self.resources.items()}
        raw["sections"] = [self._section(one) for one in self.sections]
        raw["meetings"] = [self._meeting(one) for one in self.meetings]
        return {name: value for name, value in raw.items() if value}

    def _source(self, lines: Lines, said: str | None = None) -> Raw:
        first, last = lines
        return {
            "format": "hugo",
            "path": self.head["source"]["path"],
            "first_line": str(first),
            "last_line": str(last),
            "content_hash": digest("\n".join(self.page.lines[first - 1 : last]) if said is None else said),
        }

    def _objective(self, one: hugo.Objective) -> Raw:
        said = {
            "group": as_line(one.group),
            "kind": "question" if one.is_question else "",
            "supplemental": "true" if one.supplemental else "",
        }
        raw = {"key": self.keys[one], "text": self._limited(one.text, one.lines), **_given(said)}
        return raw | {"source": self._source(one.lines)}

    def _resource(self, key: str, thing: Thing) -> Raw:
        address = thing.address or ""
        raw: Raw = {"title": as_line(thing.title), "url": address}
        kind = kind_at(self.page.vocabulary, address, thing.title)
        if kind is not None:
            raw["kind"] = kind
        for name, pattern in (("arxiv", _ARXIV), ("doi", _DOI), ("media", _MEDIA)):
            if (found := pattern.search(address)) is not None:
                raw[name] = found[1].lower() if name == "media" else found[1]
        forms = [(label, url) for label, url in thing.forms if url != address]
        if links := _linked(dict.fromkeys(forms)):
            raw["links"] = links
        related = [self.keys[other] for other in thing.see_also if self.keys.get(other, key) != key]
        if related:
            raw["see_also"] = list(dict.fromkeys(related))
        raw["source"] = self._source(Lines(1, 1), f"{thing.title}\n{address}\n{thing.forms}")
        # A thing is wherever it is linked: the lines are those of its readings.
        del raw["source"]["first_line"], raw["source"]["last_line"]
        return raw

    def _section(self, section: Section) -> Raw:
        raw: Raw = {"key": self.keys[section], "title": as_line(section.title) or "Untitled"}
        raw |= _given({"importance": section.importance, "verb": section.verb})
        items = [one for item in section.items if item not in self.left_out for one in self._item(item)]
        if items:
            raw["items"] = [one for one, _ in items]
        self.keys[section, "items"] = [item for _, item in items]  # type: ignore[assignment]
        return raw | {"source": self._source(section.lines)}

    def _item(self, item: Draft) -> list[tuple[Raw, Draft]]:
        if isinstance(item, Note):
            return [({"note": one}, item) for one in self._notes(item)]
        if isinstance(item, Choice):
            return [({"choose": self._choice(item)}, item)]
        if isinstance(item, Task):
            return [({"task": self._task(item)}, item)]
        kind = kind_at(self.page.vocabulary, item.thing.address, item.thing.title)
        item.verb = item.verb or BY_KIND.get(kind or "")
        return [(self._reading(item), item)]

    def _notes(self, note: Note) -> list[Raw]:
        text = self._text(note.text)
        pieces = [text[at : at + LONGEST_TEXT] for at in range(0, len(text), LONGEST_TEXT)]
        return [{"text": piece, "source": self._source(note.lines)} for piece in pieces if piece.strip()]

    def _choice(self, choice: Choice) -> Raw:
        prompt = self._limited(choice.prompt, choice.lines)
        raw: Raw = {"key": self.keys[choice], "prompt": prompt, "min": str(choice.least)}
        raw |= _given({"verb": choice.verb, "importance": choice.importance})
        raw["options"] = [self._option(option) for option in choice.options]
        return raw | {"source": self._source(choice.lines)}

    def _option(self, option: Option) -> Raw:
        label = {"label": as_line(option.label)} if option.label else {}
        return {"key": self.keys[option], **label, "items": [self._reading(one) for one in option.readings]}

    def _task(self, task: Task) -> Raw:
        raw: Raw = {"key": self.keys[task], "title": as_line(task.title), "kind": task.kind}
        address = task.address if task.address and is_followable(task.address) else None
        raw |= _given({"url": address, "importance": task.importance})
        if task.notes:
            raw["note"] = self._limited("\n\n".join(task.notes), task.lines)
        return raw | {"source": self._source(task.lines)}

    def _reading(self, reading: Reading) -> Raw:
        raw: Raw = {"key": self.keys[reading]}
        thing = reading.thing
        resource = self.keys.get(thing) if thing.address else None
        if resource is not None:
            raw["resource"] = resource
        if resource is None or as_line(self.resources[resource].title) != as_line(thing.title):
            raw["title"] = as_line(thing.title)
        begin, end = reading.span or ("", "")
        said = {
            "verb": reading.verb,
            "importance": reading.importance,
            "portion": as_line(reading.portion),
            "condition": as_line(reading.condition),
            "extension_of": self.keys[reading.extension_of] if reading.extension_of else "",
            "locator": _given({"pages": reading.pages, "from": begin, "to": end}),
            "minutes": str(reading.minutes or ""),
            "note": self._limited("\n\n".join(reading.notes), reading.lines),
            "before": [self._reading(one) for one in reading.before],
        }
        return raw | _given(said) | {"source": self._source(reading.lines)}

    def _meeting(self, meeting: hugo.Meeting) -> Raw:
        raw: Raw = {"key": self.keys[meeting]}
        if meeting.date is not None:
            raw["date"] = meeting.date.isoformat()
        elif meeting.day is not None:
            raw["day"] = meeting.day
        if meeting.week is not None:
            raw["week"] = str(meeting.week)
        if meeting.title:
            raw["title"] = as_line(meeting.title)
        if meeting.kind != "lecture":
            raw["kind"] = meeting.kind
        if materials := _linked(meeting.materials):
            raw["materials"] = materials
        notes = meeting.notes + [f"[{label}]({url})" for label, url in meeting.materials if not is_followable(url)]
        if notes:
            raw["note"] = self._limited("\n\n".join(notes), meeting.lines)
        return raw | {"source": self._source(meeting.lines)}

    def _limited(self, text: str, lines: Lines) -> str:
        """A text where there can be only one, of a length that can be taken."""
        said = self._text(text)
        if len(said) > LONGEST_TEXT:
            message = f"What is said here has more than {LONGEST_TEXT} characters; the rest was left out: divide it."
            self.page.report.refuse(lines.first, message)
        return said[:LONGEST_TEXT]

    def _text(self, text: str) -> str:
        """A text as Markdown alone; HTML in it becomes Markdown, or goes if it acts."""
        if _TAG.search(text) is None:
            return text.strip("\n")
        remarks: set[str] = set()
        return from_html(text, remarks, mixed=True).strip("\n") or " "

    # ------------------------------------------------------------------------------------------------ refusing

    def leave_out(self, mistakes: Sequence[Mistake]) -> bool:
        """Leave out what the mistakes are about, and say so; whether there was anything."""
        before = len(self.left_out)
        for mistake in mistakes:
            entity = self._about(mistake.path)
            if entity is None or entity in self.left_out:
                continue
            self.left_out.add(entity)
            self.page.report.refuse(entity.lines.first, f"This was not taken: {mistake.message}")
            self._keep_as_text(entity)
        return len(self.left_out) > before

    def _keep_as_text(self, entity: Any) -> None:
        """Put a note where something could not be taken; what is in no section is not understood."""
        for section in self.sections:
            if entity in section.items and not isinstance(entity, Note):
                section.items[section.items.index(entity)] = Note(entity.lines, source_of(self.page, *entity.lines))
                self.page.account(Fate.NOTE, *entity.lines)
                return
        self.page.account(Fate.NOT_UNDERSTOOD, *entity.lines)

    def _about(self, path: tuple[str | int, ...]) -> Any:
        """What a mistake is about."""
        match path:
            case ("objectives", int(at), *_):
                return self.objectives[at]
            case ("meetings", int(at), *_):
                return self.meetings[at]
            case ("sections", int(at), "items", int(item), *_):
                return self.keys[self.sections[at], "items"][item]
            case ("sections", int(at), *_):
                return self.sections[at]
            case ("resources", str(key), *_):
                thing = self.resources.get(key)
                return next((one for one in self._asked() if thing in _things_of(one)), None)
        return None

    def _asked(self) -> list[Draft]:
        return [item for section in self.sections for item in section.items if item not in self.left_out]


def _given(said: Raw) -> Raw:
    """Only what there is something in."""
    return {name: value for name, value in said.items() if value}


def _linked(links: Iterable[tuple[str, str]]) -> list[Raw]:
    """Those of some titled addresses that can be followed."""
    return [_given({"url": url, "label": as_line(label)}) for label, url in links if is_followable(url)]


def _things_of(item: Draft) -> list[Thing]:
    return [thing for reading in hugo.readings_in(item) for thing in (reading.thing, *reading.thing.see_also)]


def _shortened(name: str) -> str:
    """As many whole words of a name as a key should have."""
    kept = ""
    for word in as_line(name).split()[:MOST_WORDS]:
        if kept and len(kept) + len(word) >= LONGEST_NAME:
            break
        kept = f"{kept} {word}".strip()
    return kept


def _when(meeting: hugo.Meeting) -> str:
    week = f"week-{meeting.week}-" if meeting.week else ""
    return week + (meeting.date.isoformat() if meeting.date else meeting.day or "")


def _keyed(item: Draft) -> list[Any]:
    """What has a key in an item: itself, and what is in it."""
    if isinstance(item, Note):
        return []
    keyed: list[Any] = [item]
    for option in item.options if isinstance(item, Choice) else ():
        keyed += [option, *option.readings, *(one for reading in option.readings for one in reading.before)]
    if isinstance(item, Reading):
        keyed += item.before
    return keyed


def _said_by(entity: Any) -> tuple[str, str, str]:
    if isinstance(entity, Reading):
        portion = f"{entity.portion} of " if entity.portion else ""
        return f"{entity.verb or ''} {portion}{entity.thing.title}", entity.thing.address or "", "reading"
    if isinstance(entity, Option):
        said = entity.label or (entity.readings[0].thing.title if entity.readings else "")
        return said, said, "option"
    if isinstance(entity, Choice):
        return "", entity.prompt, "choice"
    return entity.title, entity.title, "task"
