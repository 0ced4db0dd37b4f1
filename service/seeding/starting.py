"""The files a new course or unit begins as: short, commented, and in order as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from service.domain.documents.words import slug
from service.seeding.loader import COURSE, UNITS

FIRST_UNIT = "first-unit"

_COURSE = """\
format: hornbook/course@1

# The key is the course's name in addresses. It is written once: mend everything else freely, but never a key.
key: {key}
title: {title}
# term: Spring 2027
language: en
# Days and times in the units are meant in this zone.
time_zone: UTC
# licence: CC-BY-4.0
# draft (nobody but you), published, archived
status: draft
summary: |
  What the course is about, and for whom. Texts are Markdown, with maths between dollar signs: $e^{{i\\pi}} = -1$.
"""

_HEAD = """\
format: hornbook/unit@1

# How to go on:
#   - A key is written once. Students' answers hang on it, so mend titles and texts freely, but never a key.
#   - Outside quotes everything is taken as it stands: 1.50, yes and No are just text.
#   - Put a text in quotes when it begins with a sign such as [ {{ * & ! | > ' " % @ or `, holds a colon before a space,
#     or stands in braces and holds a comma or a question mark.
#   - `hornbook seed PATH --dry-run` says what is wrong, line by line; `hornbook preview QUESTION` shows a question.

unit:
  key: {key}
{number}  title: {title}
  # The day its first week begins, and what meetings are counted from.
  # starts: 2027-01-11
  # Students see a unit once it is published.
  status: draft
  summary: |
    What this unit is about, in two or three sentences.
"""

_REST = """
# What students should be able to do afterwards. Readings and questions name the objectives they serve.
objectives_intro: After this unit you should be able to
objectives:
  - key: first-objective
    text: Compute the mean of a few numbers.
    # remember, understand, apply, analyse, evaluate, create
    level: apply

# Things in the world, each described once: article, paper, book, chapter, video, slides, tool …
resources:
  first-resource:
    kind: article
    title: An article about means
    url: https://example.org/means

# What to do with them, in order.
sections:
  - key: preparation
    title: Preparation
    items:
      - key: first-reading
        verb: read
        resource: first-resource
        # required, recommended, optional, supplemental, extension
        importance: required
        minutes: 20
        objectives: [first-objective]

      - note: |
          A text between the readings.

      # A choice: at least `min` of the options.
      # - choose:
      #     key: one-of-two
      #     prompt: Pick one of these.
      #     verb: skim
      #     min: 1
      #     options:
      #       - first-resource
      #       - https://example.org/another

meetings:
  - {key: monday, day: monday}

questions:
  # single_choice, multiple_choice, true_false, numeric, short_text, cloze, matching, ordering, open
  - key: first-question
    kind: single_choice
    stem: Which of these does **not** change when the order of the numbers does?
    objectives: [first-objective]
    answers_from: [{reading: first-reading, locator: Definition}]
    choices:
      - key: first-number
        text: The first of the numbers
        feedback: Another one may come first then.
      - key: mean
        text: The mean
        correct: true
        feedback: Yes. A sum does not know an order.
      - key: last-two
        text: The sum of the last two of the numbers
        feedback: Others may come last then.

  # With parameters every student has numbers of their own. All variants are checked when the file is read.
  - key: second-question
    kind: numeric
    parameters:
      a: {one_of: [2, 4, 6]}
      b: {range: {from: 7, to: 9}}
    stem: What is the mean of {{ a }} and {{ b }}?
    answer: {expr: (a + b) / 2, tolerance: {abs: 0.01}}
    objectives: [first-objective]
    answers_from: [first-reading]
    mistakes:
      - key: sum
        answer: {expr: a + b, tolerance: {abs: 0.01}}
        feedback: That is the sum. There are two numbers to share it.
    feedback:
      correct: Right. It lies half way between them.
      incorrect: Add the two numbers, and divide by how many there are.

quizzes:
  - key: check
    title: Check your preparation
    # self_check, pre, post, practice
    kind: self_check
    questions: [first-question, second-question]
"""


class Refused(ValueError):
    """No new file can be made there; the message says why."""


def start_course(folder: Path) -> list[Path]:
    """Write a course with one unit into a folder, and say which files these are. Raises `Refused`, `OSError`."""
    name = slug(folder.resolve().name)
    course = _written(folder / COURSE, _COURSE.format(key=name, title=_title(name)))
    return [course, start_unit(folder / UNITS / f"01-{FIRST_UNIT}.yaml")]


def start_unit(path: Path) -> Path:
    """Write a unit into a new file; its key, title and number are those of the file's name (`03-graphs.yaml`).

    Raises `Refused`, `OSError`.
    """
    if path.suffix != ".yaml":
        raise Refused(f"A unit's file is named .yaml: write {path.with_suffix('.yaml')}.")
    digits, name = re.fullmatch(r"(\d{0,6})(.*)", path.stem, re.DOTALL).groups()  # type: ignore[union-attr]
    number = f"  number: {int(digits)}\n  position: {int(digits)}\n" if digits else ""
    key = slug(name) if re.search(r"[A-Za-z]", name) else f"unit-{int(digits or 1)}"
    return _written(path, _HEAD.format(key=key, title=_title(key), number=number) + _REST)


def next_unit(folder: Path) -> Path:
    """A free name for the next unit of the course in a folder."""
    names = [path.name for path in (folder / UNITS).glob("*.yaml")]
    numbers = [int(found[0]) for name in names if (found := re.match(r"\d{1,6}", name))]
    return folder / UNITS / f"{max(numbers, default=0) + 1:02}-new-unit.yaml"


def _title(key: str) -> str:
    return key.replace("-", " ").capitalize()


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused(f"{path} exists already, and is left as it is: choose another name.") from None
    return path
