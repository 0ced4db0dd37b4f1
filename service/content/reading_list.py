"""The reading list of a unit: chosen from, and written as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

Json = Mapping[str, Any]


def filtered(body: bytes, *, importance: str | None = None, verb: str | None = None) -> dict[str, Any]:
    """The reading list in `body`, with only the readings of this importance and with this verb, and what they need."""
    listed: dict[str, Any] = json.loads(body)
    readings = [
        reading
        for reading in listed["readings"]
        if importance in {None, reading["importance"]} and verb in {None, reading["verb"]}
    ]
    groups = {reading["group"] for reading in readings}
    resources = {reading["resource"]["key"] for reading in readings if reading["resource"]}
    return {
        **listed,
        "readings": readings,
        "groups": [group for group in listed["groups"] if group["id"] in groups],
        "related": [resource for resource in listed["related"] if resource["of"] in resources],
    }


def markdown_of(listed: Json) -> str:
    """The reading list as Markdown: a heading for each section, a line for each reading."""
    groups = {group["id"]: group for group in listed["groups"]}
    lines = [f"# {_plain(listed['title'])}"]
    for section, of_section in groupby(listed["readings"], key=lambda reading: reading["section"]):
        lines += ["", f"## {_plain(section)}", ""]
        for group_id, of_group in groupby(of_section, key=lambda reading: reading["group"]):
            if group_id is None:
                lines += [f"- {_line(reading)}" for reading in of_group]
            else:
                lines += _group(groups[group_id], list(of_group))
    if listed["related"]:
        lines += ["", "## See also", ""]
        lines += [f"- {_link(resource)} ({resource['relation'].replace('_', ' ')})" for resource in listed["related"]]
    return "\n".join(lines) + "\n"


def _group(group: Json, readings: list[Any]) -> Iterator[str]:
    most = "" if group["max"] is None else f" to {group['max']}"
    # The prompt is Markdown already.
    yield f"- Choose {group['min']}{most} ({group['importance']}): {' '.join(group['prompt'].split())}"
    for option, of_option in groupby(readings, key=lambda reading: reading["option"]):
        yield f"  - {_plain(option)}"
        for reading in of_option:
            yield f"    - {_line(reading)}"


def _line(reading: Json) -> str:
    what = _link(reading["resource"]) if reading["resource"] else _plain(reading["title"])
    return f"**{reading['verb'].capitalize()}** {what} ({', '.join(map(_plain, details_of(reading)))})"


def details_of(reading: Json) -> list[str]:
    """What is said of a reading in brackets: which part, under which condition, how important and how long."""
    minutes = None if reading["minutes"] is None else f"{reading['minutes']} min"
    told = (reading["portion"], reading["condition"], reading["importance"], minutes)
    return [str(one) for one in told if one]


def _link(resource: Json) -> str:
    title = _plain(resource["title"])
    return f"[{title}](<{resource['url']}>)" if resource["url"] else title


def _plain(text: str) -> str:
    """The text with whatever Markdown could take for markup made harmless, on one line."""
    return " ".join("".join(f"\\{one}" if one in "\\`*_[]<>#|~$" else one for one in text).split())
