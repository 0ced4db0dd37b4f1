"""The reading list of a unit as a page of plain HTML: to be opened in a browser, or taken into an LMS's own page.

There is no style and no script in it. Texts are escaped; the prompts of choices were sanitised when they were
rendered; a link leads to http or https, or is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from service.content.reading_list import details_of

Json = Mapping[str, Any]

PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def html_of(listed: Json, unit: bytes) -> str:
    """The page of a reading list; `unit` is the unit it is of, as it is served, for its language and its prompts."""
    served: dict[str, Any] = json.loads(unit)
    items = [item for section in served["sections"] for item in section["items"]]
    prompts = {item["choose"]["id"]: str(item["choose"]["prompt"]["html"]) for item in items if "choose" in item}
    groups = {group["id"]: group for group in listed["groups"]}
    parts = []
    for title, readings in groupby(listed["readings"], key=lambda reading: reading["section"]):
        lines = []
        for group, of_group in groupby(readings, key=lambda reading: reading["group"]):
            if group is None:
                lines += [f"<li>{_line(reading)}</li>" for reading in of_group]
            else:
                lines.append(f"<li>{_choice(groups[group], prompts.get(group, ''), list(of_group))}</li>")
        parts.append(_section(title, lines))
    if listed["related"]:
        parts.append(_section("See also", (f"<li>{_related(resource)}</li>" for resource in listed["related"])))
    return PAGE.format(
        language=escape(served["language"]),
        title=escape(listed["title"]),
        content="\n".join(parts) or "<p>Nothing.</p>",
    )


def _section(title: str, lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(["<section>", f"<h2>{escape(title)}</h2>", "<ul>", *lines, "</ul>", "</section>"])


def _choice(group: Json, prompt: str, readings: Sequence[Json]) -> str:
    most = "" if group["max"] is None else f" to {group['max']}"
    lines = [f"<strong>Choose {group['min']}{most}</strong> ({escape(group['importance'])})", prompt.strip(), "<ul>"]
    for option, of_option in groupby(readings, key=lambda reading: reading["option"]):
        inner = "".join(f"<li>{_line(reading)}</li>" for reading in of_option)
        lines.append(f"<li>{escape(option)}<ul>{inner}</ul></li>")
    return "\n".join([*lines, "</ul>"])


def _line(reading: Json) -> str:
    what = _linked(reading["resource"]) if reading["resource"] else escape(reading["title"])
    return f"<strong>{escape(reading['verb'].capitalize())}</strong> {what} ({escape(', '.join(details_of(reading)))})"


def _related(resource: Json) -> str:
    return f"{_linked(resource)} ({escape(resource['relation'].replace('_', ' '))})"


def _linked(resource: Json) -> str:
    """The resource's title and its other forms, each as a link where it has an address."""
    others = [_link(link["label"] or link["media"] or "more", link["url"]) for link in resource["links"]]
    also = f" [{', '.join(others)}]" if others else ""
    return f"<cite>{_link(resource['title'], resource['url'])}</cite>{also}"


def _link(text: str, address: str | None) -> str:
    if address is None or not address.lower().startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(address)}" rel="nofollow noopener">{escape(text)}</a>'
