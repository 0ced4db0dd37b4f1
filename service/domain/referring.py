"""What in a unit refers to one of its entries, so that nobody takes away what something else needs."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterator

from service.domain.mistakes import Mistake
from service.domain.unit_entries import QUESTIONS, READINGS, Collection, Document, Path, entry_at, paths


def references_to(document: Document, collection: Collection, path: Path) -> list[Mistake]:
    """What else in the unit refers to the entry at `path` or to what is inside it, and how that is mended."""
    if collection is QUESTIONS:
        keys = {entry_at(document, path)["key"]}
        return [*_asked(document, keys), *_followed(document, keys)]
    if collection is READINGS:
        keys = {entry_at(document, one)["key"] for one in paths(document, READINGS) if one[: len(path)] == path}
        return [*_answering(document, keys), *_extended(document, keys, path)]
    return []


def _asked(document: Document, keys: Some[str]) -> Iterator[Mistake]:
    for at, quiz in enumerate(document.get("quizzes", ())):
        lists: list[tuple[Path, Some[str]]] = [(("questions",), quiz.get("questions", ()))]
        lists += [(("draw", index, "from"), draw.get("from", ())) for index, draw in enumerate(quiz.get("draw", ()))]
        for steps, asked in lists:
            for index, key in enumerate(asked):
                if key in keys:
                    message = f"The quiz “{quiz['key']}” asks “{key}”: take it out of `{steps[-1]}` first."
                    yield Mistake(("quizzes", at, *steps, index), message)


def _followed(document: Document, keys: Some[str]) -> Iterator[Mistake]:
    for at, question in enumerate(document.get("questions", ())):
        other = question.get("same_parameters_as")
        if other in keys and question["key"] not in keys:
            message = f"The question “{question['key']}” has the parameters of “{other}”: give it its own first."
            yield Mistake(("questions", at, "same_parameters_as"), message)


def _answering(document: Document, keys: Some[str]) -> Iterator[Mistake]:
    for at, question in enumerate(document.get("questions", ())):
        for index, source in enumerate(question.get("answers_from", ())):
            if source.get("reading") in keys:
                message = (
                    f"The question “{question['key']}” is answered by “{source['reading']}”: "
                    "name another reading in `answers_from` first, or none."
                )
                yield Mistake(("questions", at, "answers_from", index, "reading"), message)


def _extended(document: Document, keys: Some[str], gone: Path) -> Iterator[Mistake]:
    for path in paths(document, READINGS):
        reading = entry_at(document, path)
        if path[: len(gone)] != gone and reading.get("extension_of") in keys:
            message = (
                f"The reading “{reading['key']}” is an extension of “{reading['extension_of']}”: "
                "change its `extension_of` first, or delete it before."
            )
            yield Mistake((*path, "extension_of"), message)
