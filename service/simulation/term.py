"""A student's term: week by week what is read and which quizzes are taken, by the operations that real students use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.roles import Principal
from service.errors import Conflict, Invalid
from service.progress.operations import Mark, mark_reading
from service.quizzes import operations as quizzes
from service.quizzes.operations.answer import Draft, Try
from service.quizzes.operations.look import AttemptView
from service.quizzes.operations.record import Asked, list_asked
from service.simulation.answers import open_answer, right_answer, wrong_answer
from service.simulation.course import Syllabus, Week
from service.simulation.people import Person
from service.simulation.world import SimulatedWorld

WEEK = timedelta(days=7)
READ, TRIED, HINTED, AGAIN = 0.3, 0.7, 0.4, 0.5
"""What it adds to an ability to have read the unit, for each try before, with a hint, and to take a quiz again."""


@dataclass(frozen=True)
class Term:
    """From when to when."""

    begins: datetime
    ends: datetime


class Over(Exception):
    """The term is over, or the student has left."""


@dataclass
class Life:
    """One student in one course, over one term."""

    session: Session
    world: SimulatedWorld
    caller: Principal
    person: Person
    syllabus: Syllabus
    chance: Random
    leaves_at: datetime

    def live(self, term: Term) -> None:
        """Work through the units, one a week, for as long as the student stays."""
        try:
            for number, week in enumerate(self.syllabus.weeks):
                # The less diligent, the later in the week, and in the evening.
                late = timedelta(days=4.5 * (1 - self.person.diligence) + 1.5 * self.chance.random())
                self.world.wait_until(term.begins + number * WEEK + late + timedelta(hours=4 * self.chance.random()))
                self._work(week)
        except Over:
            return

    def _work(self, week: Week) -> None:
        read = sum([self._read(reading, counts) for reading, counts in week.readings])
        bonus = READ * read / max(1, len(week.readings))
        for quiz, is_asked in week.quizzes:
            if self._would(self.person.diligence * (1 if is_asked else 0.6)):
                self._pause(24 * 60)
                self._take(quiz, bonus)
                if self._would(0.25 * self.person.diligence):
                    self._pause(24 * 60)
                    self._take(quiz, bonus + AGAIN)

    def _would(self, likely: float) -> bool:
        return self.chance.random() < likely

    def _pause(self, most: float) -> None:
        """Let up to so many minutes pass. Raises `Over` when the student is no longer there."""
        self.world.wait(most * self.chance.random())
        if self.world.now() >= self.leaves_at:
            raise Over

    def _read(self, reading: UUID, counts: bool) -> bool:
        """Perhaps read something; tells whether it is done."""
        if not self._would(self.person.diligence * (1 if counts else 0.35)):
            return False
        self._pause(60)
        done = self._would(0.9)
        minutes = 5 + int(40 * self.chance.random()) if done and self._would(0.5) else None
        mark = Mark("done" if done else "opened", minutes, None)
        mark_reading(self.session, self.caller, self.syllabus.slug, reading, mark, self.world.now())
        return done

    def _take(self, quiz: UUID, bonus: float) -> None:
        """Take a quiz, if it is open; some never come to its end."""
        try:
            view, _ = quizzes.start_attempt(self.session, self.world, self.caller, quiz)
        except Conflict:
            return
        attempt = view.attempt.id
        gives_up = self._would(0.03)
        for asked, slot in zip(list_asked(self.session, attempt), view.slots, strict=True):
            self._pause(3)
            if gives_up and self._would(0.3):
                return
            if not slot["closed"] and not self._would(0.02):
                self._answer(view, asked, slot, bonus)
        self._pause(2)
        quizzes.submit_attempt(self.session, self.caller, attempt, [], self.world.now())

    def _answer(self, view: AttemptView, asked: Asked, slot: Mapping[str, Any], bonus: float) -> None:
        """Answer a question, and again where more tries are allowed and the student cares."""
        if view.attempt.settings["mode"] == "deferred":
            draft = Draft(self._response(asked, bonus), slot["rev"])
            quizzes.save_answer(self.session, self.caller, view.attempt.id, asked.number, draft, self.world.now())
            return
        cares = True
        while cares and not slot["closed"]:
            if self._takes_hint(slot):
                slot = self._take_hint(view.attempt.id, slot)
                bonus += HINTED
            told = self._check(view.attempt.id, asked, slot, bonus)
            cares = told is not None and told["tries"]["used"] > slot["tries"]["used"] and self._would(0.85)
            slot = told or slot
            self.world.wait(self.chance.random())

    def _check(self, attempt: UUID, asked: Asked, slot: Mapping[str, Any], bonus: float) -> Mapping[str, Any] | None:
        """The slot after one more try; None where it was not taken."""
        used = slot["tries"]["used"]
        answer = Try(self._response(asked, bonus + TRIED * used), used + 1)
        try:
            told = quizzes.check_answer(self.session, self.caller, attempt, asked.number, answer, self.world.now())
        except Invalid:
            return None
        return None if isinstance(told, Conflict) else told

    def _take_hint(self, attempt: UUID, slot: Mapping[str, Any]) -> Mapping[str, Any]:
        number = len(slot["hints"]["taken"]) + 1
        return quizzes.take_hint(self.session, self.caller, attempt, slot["slot"], number, self.world.now())

    def _takes_hint(self, slot: Mapping[str, Any]) -> bool:
        there_is_one = len(slot["hints"]["taken"]) < slot["hints"]["there_are"]
        return there_is_one and self._would(0.3 if slot["tries"]["used"] else 0.08)

    def _response(self, asked: Asked, bonus: float) -> object:
        right = right_answer(asked)
        if asked.kind == "open" or right is None:
            return open_answer(asked, self.chance)
        if self._would(self.syllabus.difficulties[asked.question_id].chance(self.person.ability + bonus)):
            return right
        return wrong_answer(asked, right, self.chance)
