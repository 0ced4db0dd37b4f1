"""Courses as large as anybody wants them, written as the files an author would write."""

from __future__ import annotations

from pathlib import Path

KINDS = ("single_choice", "true_false", "numeric", "short_text")


def write_course(folder: Path, *, units: int, readings: int, questions: int) -> Path:
    """A course called `large` below `folder`, of so many units with so many readings and questions each."""
    course = folder / "large"
    (course / "units").mkdir(parents=True)
    (course / "course.yaml").write_text(
        "format: hornbook/course@1\nkey: large\ntitle: A Large Course\nstatus: published\n"
    )
    for number in range(1, units + 1):
        (course / "units" / f"{number:04}-unit.yaml").write_text(unit_text(number, readings, questions))
    return course


def unit_text(number: int, readings: int, questions: int) -> str:
    """One unit's file."""
    return "".join(
        [
            f"format: hornbook/unit@1\n\nunit:\n  key: unit-{number}\n  number: {number}\n",
            f"  title: What Is Number {number}?\n  position: {number}\n  status: published\n",
            f"  summary: The number {number} has a **successor** and, from one on, a predecessor.\n",
            "\nobjectives:\n  - {key: count, text: Count from *here* to there., level: apply}\n",
            "\nresources:\n",
            *(_resource(number, one) for one in range(readings)),
            "\nsections:\n  - key: preparation\n    title: Preparation\n    items:\n",
            *(_reading(one) for one in range(readings)),
            "\nquestions:\n" if questions else "",
            *(_question(number, one) for one in range(questions)),
            "\nquizzes:\n  - key: check\n    title: Check yourself\n    kind: self_check\n    status: published\n"
            if questions
            else "",
            f"    questions: [{', '.join(f'question-{one}' for one in range(questions))}]\n" if questions else "",
        ]
    )


def _resource(number: int, one: int) -> str:
    url = f"https://read.example/{number}/{one}"
    return f'  paper-{one}: {{kind: paper, title: "Paper {one} on {number}", url: "{url}"}}\n'


def _reading(one: int) -> str:
    kind = ("required", "recommended", "optional")[one % 3]
    return (
        f"      - key: reading-{one}\n        verb: read\n        resource: paper-{one}\n        importance: {kind}\n"
        f"        minutes: {5 + one}\n        objectives: [count]\n        note: Mind the *{one + 1}. page*.\n"
    )


def _question(number: int, one: int) -> str:
    kind = KINDS[one % len(KINDS)]
    return (
        f"  - key: question-{one}\n    kind: {kind}\n    objectives: [count]\n"
        "    answers_from: [{reading: reading-0}]\n"
        + {
            "single_choice": (
                f"    stem: Which number comes **right after** {number + one}?\n    choices:\n"
                f'      - {{text: "{number + one + 1}", correct: true, feedback: "That is it."}}\n'
                f'      - {{text: "{number + one - 1}", feedback: "That comes before."}}\n'
                f'      - {{text: "{number + one + 2}", feedback: "One too far."}}\n'
            ),
            "true_false": (
                f"    stem: There is a number greater than ${number + one}$.\n    answer: true\n"
                "    feedback: {if_false: Add one to it.}\n"
            ),
            "numeric": (
                f"    stem: How much is {number} + {one}?\n    answer: {{value: {number + one}, tolerance: exact}}\n"
                "    feedback: {incorrect: Count again.}\n"
            ),
            "short_text": (
                "    stem: What is the result of an addition called?\n    accept: [sum, total]\n"
                "    feedback: {incorrect: It begins with an s.}\n"
            ),
        }[kind]
    )
