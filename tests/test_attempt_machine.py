"""A student and an instructor who do anything in any order: the service stays what a small model says it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.db import Database
from service.quizzes.models import Entry
from tests.cast import answer_of
from tests.pendulum import Clocks, open_clocks
from tests.slot_model import SlotModel
from tests.world import TestWorld

FIRST = 7
SLOTS = st.sampled_from([1, 2])
NONSENSE = "half a number"
NUMBERS = st.sampled_from(["7", "8", "9"])


@dataclass
class AttemptModel:
    """An attempt, graded by what was right when it was started."""

    id: str
    right: int
    slots: dict[int, SlotModel] = field(default_factory=dict)
    result: bytes = b""

    def __post_init__(self) -> None:
        self.slots = {number: SlotModel(str(self.right)) for number in (1, 2)}


class AttemptMachine(RuleBasedStateMachine):
    """Every rule does something by HTTP and in the model, and compares."""

    clocks: ClassVar[Clocks]

    def __init__(self) -> None:
        super().__init__()
        if (self.clocks.drafted, self.clocks.published) != (FIRST, FIRST):
            self.clocks.edit(FIRST)
            self.clocks.publish()
        self.student = self.clocks.new_student()
        self.attempt: AttemptModel | None = None
        self.over: list[AttemptModel] = []
        self.last: tuple[Callable[[], TestResponse], bytes] | None = None
        self.posts = 0

    @property
    def model(self) -> AttemptModel:
        """The attempt that is open, or was last."""
        return self.attempt or self.over[-1]

    def has_begun(self) -> bool:
        """Whether there is any attempt."""
        return self.attempt is not None or bool(self.over)

    def post(self, path: str, body: object, meant: set[int]) -> Any:
        """A POST under a key of its own, which `retry` may send again."""
        self.posts += 1
        key = f"{self.student.token}-{self.posts}"[-60:]

        def send() -> TestResponse:
            return self.student.post(path, body, Idempotency_Key=key)

        answer = send()
        assert answer.status_code in meant, answer.get_data(as_text=True)
        # What was refused outright left nothing behind, and may be answered otherwise later.
        self.last = None if answer.status_code == 422 else (send, answer.get_data())
        return answer.get_json()

    @initialize()
    def begin(self) -> None:
        """Without an attempt little can be done."""
        self.start()

    @rule()
    def start(self) -> None:
        """An open attempt is given back; else there is a new one, by what is published now."""
        path = f"/quizzes/{self.clocks.quiz}/attempts"
        if self.attempt is not None:
            assert self.post(path, None, {200})["id"] == self.attempt.id
        else:
            self.attempt = AttemptModel(self.post(path, None, {201})["id"], self.clocks.published)

    @precondition(has_begun)
    @rule(slot=SLOTS, text=st.one_of(NUMBERS, st.just(NONSENSE)), behind=st.sampled_from([0, 0, 0, 1]))
    def save(self, slot: int, text: str, behind: int) -> None:
        """On top of the newest revision, or of the one before."""
        model = self.model.slots[slot]
        base = max(0, model.rev - behind)
        body = {"response": {"text": text}, "base_rev": base}
        answer = self.student.put(f"/attempts/{self.model.id}/answers/{slot}", body)
        assert answer.status_code == model.save(text, base)

    @precondition(has_begun)
    @rule(slot=SLOTS, text=NUMBERS, ahead=st.sampled_from([1, 1, 1, 0, 2]))
    def check(self, slot: int, text: str, ahead: int) -> None:
        """As the next try, or as another one."""
        model = self.model.slots[slot]
        try_ = max(1, len(model.checked) + ahead)
        meant = model.check(text, try_)
        self.post(
            f"/attempts/{self.model.id}/answers/{slot}/checks", {"response": {"text": text}, "try": try_}, {meant}
        )

    @precondition(lambda self: self.has_begun() and any(one.checked for one in self.model.slots.values()))
    @rule(slot=SLOTS, which=st.integers(0, 2), ahead=st.sampled_from([0, 1]))
    def check_again(self, slot: int, which: int, ahead: int) -> None:
        """What was checked before, under whatever number: it says the same and costs nothing."""
        checked = self.model.slots[slot].checked
        if checked:
            self.check(slot, checked[which % len(checked)], ahead)

    @precondition(has_begun)
    @rule(slot=SLOTS)
    def check_nonsense(self, slot: int) -> None:
        """What cannot be read is not wrong: it costs no try, and is kept only where nothing counts any more."""
        model = self.model.slots[slot]
        try_ = len(model.checked) + 1
        meant = model.check(NONSENSE, try_) if model.finished or model.closed else 422
        self.post(
            f"/attempts/{self.model.id}/answers/{slot}/checks", {"response": {"text": NONSENSE}, "try": try_}, {meant}
        )

    @precondition(has_begun)
    @rule(slot=SLOTS, text=NUMBERS, behind=st.sampled_from([0, 0, 1]), sure=st.booleans())
    def submit(self, slot: int, text: str, behind: int, sure: bool) -> None:
        """With a last answer for one of the slots; again and again the same result."""
        model = self.model
        if self.attempt is not None and not sure:
            # Most of what can go wrong goes wrong before the end.
            return
        base = max(0, model.slots[slot].rev - behind)
        model.slots[slot].submit(text, base)
        for one in model.slots.values():
            one.finished = True
        last = {"slot": slot, "response": {"text": text}, "base_rev": base}
        result = self.post(f"/attempts/{model.id}/submission", {"responses": [last]}, {200})
        assert [one["credit"] for one in result["slots"]] == [f"{one.worth}/1" for one in model.slots.values()]
        assert result["score"]["points"] == f"{sum(one.worth for one in model.slots.values())}.00"
        seen = self.student.get(f"/attempts/{model.id}/result").get_data()
        assert model.result in (b"", seen)
        model.result = seen
        if self.attempt is not None:
            self.over.append(self.attempt)
            self.attempt = None

    @rule(right=st.sampled_from([7, 8, 9]), at_once=st.booleans())
    def edit(self, right: int, at_once: bool) -> None:
        """The instructor finds another number right, and may leave publishing it for later."""
        self.clocks.edit(right)
        if at_once:
            self.clocks.publish()

    @rule()
    def publish(self) -> None:
        """Whoever starts from now on is graded by what was edited last."""
        self.clocks.publish()

    @precondition(lambda self: self.last is not None)
    @rule()
    def retry(self) -> None:
        """The last POST comes a second time: the same bytes, and nothing happens."""
        assert self.last is not None
        send, answered = self.last
        again = send()
        assert (again.get_data(), again.headers.get("Idempotency-Replayed")) == (answered, "true")

    @precondition(has_begun)
    @rule()
    def look(self) -> None:
        """The attempt as its student sees it."""
        shown = answer_of(self.student.get(f"/attempts/{self.model.id}"))
        for one in shown["slots"]:
            model = self.model.slots[one["slot"]]
            response = None if model.latest is None else {"text": model.latest}
            assert (one["rev"], one["response"]) == (model.rev, response)
            assert (one["tries"]["used"], one["closed"]) == (len(model.checked), model.closed)

    @precondition(lambda self: bool(self.over))
    @rule()
    def look_back(self) -> None:
        """No edit changes what somebody was graded by."""
        for one in self.over:
            assert self.student.get(f"/attempts/{one.id}/result").get_data() == one.result

    def teardown(self) -> None:
        """Every attempt is finished and graded, and all that was typed is in the log, under what became of it."""
        if self.attempt is not None:
            self.submit(1, "8", 0, sure=True)
        with self.clocks.database.read() as session:
            for attempt in self.over:
                entries = session.scalars(select(Entry).where(Entry.attempt_id == UUID(attempt.id))).all()
                for number, model in attempt.slots.items():
                    lines = Counter(
                        (one.kind, (one.response or {})["text"], one.disposition)
                        for one in entries
                        if one.slot == number
                    )
                    assert lines == Counter(model.lines)


@pytest.fixture
def clocks(app: Flask, database: Database, world: TestWorld, tmp_path: Path) -> Clocks:
    """The course, shared by all runs; each has a student of its own."""
    return open_clocks(app, database, world, tmp_path, right=FIRST)


def test_an_attempt_is_what_the_model_says_whatever_is_done_in_whatever_order(clocks: Clocks) -> None:
    machine = type("Machine", (AttemptMachine,), {"clocks": clocks})
    run_state_machine_as_test(machine, settings=settings(max_examples=30, stateful_step_count=25, deadline=None))
