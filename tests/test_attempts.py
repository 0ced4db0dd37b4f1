"""Taking a quiz: starting, saving, checking, submitting; nothing a student typed is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from service.accounts.models import Enrolment
from service.content.models import Course, Quiz
from service.db import Database
from service.quizzes.models import Attempt, Entry, Grade, Slot
from tests.cast import Client, answer_of
from tests.quizzing import Taken, statements, take
from tests.world import TestWorld


def test_a_second_start_gives_the_open_attempt_back(ana: Client, prep_check: str) -> None:
    first = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 201)
    second = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 200)
    assert second["id"] == first["id"]


def test_a_start_is_repeated_byte_for_byte_under_its_key_but_not_for_who_has_left_the_course(
    ana: Client, prep_check: str, database: Database, world: TestWorld
) -> None:
    first = ana.post(f"/quizzes/{prep_check}/attempts", Idempotency_Key="one")
    again = ana.post(f"/quizzes/{prep_check}/attempts", Idempotency_Key="one")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    with database.write() as session:
        kept = {"status": "published", "visibility": "private", "document": {}, "document_digest": "", "version": 1}
        other = Course(slug="other", title="Other", created_at=world.now(), updated_at=world.now(), **kept)
        session.add(other)
        session.flush()
        session.execute(update(Enrolment).where(Enrolment.role == "student").values(course_id=other.id))
    assert ana.post(f"/quizzes/{prep_check}/attempts", Idempotency_Key="one").status_code == 404


def test_twenty_starts_at_once_make_one_attempt(ana: Client, prep_check: str, database: Database) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: ana.post(f"/quizzes/{prep_check}/attempts"), range(20)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_start_that_lost_to_an_attempt_that_is_over_by_now_is_asked_to_come_again(
    ana: Client, prep_check: str, database: Database
) -> None:
    if database.is_sqlite:
        # It has one writer at a time: nobody starts, let alone finishes, while somebody else does.
        return
    path, faster = f"/quizzes/{prep_check}/attempts", list[str]()

    def be_faster() -> None:
        faster.append(answer_of(ana.post(path), 201)["id"])
        # And be through with it before the loser looks for the winner.
        before(database, "SELECT attempts.", lambda: answer_of(ana.post(f"/attempts/{faster[0]}/submission", {})))

    before(database, "INSERT INTO attempts", be_faster)
    lost = ana.post(path)
    assert (lost.status_code, lost.headers.get("Retry-After")) == (503, "1")
    assert answer_of(ana.post(path), 201)["id"] != faster[0]


def test_no_attempt_is_left_once_another_tab_has_used_the_last(
    ana: Client, prep_check: str, database: Database
) -> None:
    if database.is_sqlite:
        return
    with database.write() as session:
        quiz = session.get_one(Quiz, UUID(prep_check))
        quiz.settings = {**quiz.settings, "attempts": 1}

    def use_it_up() -> None:
        attempt = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 201)["id"]
        answer_of(ana.post(f"/attempts/{attempt}/submission", {}))

    before(database, "INSERT INTO attempts", use_it_up)
    refused = answer_of(ana.post(f"/quizzes/{prep_check}/attempts"), 409)
    assert refused["detail"] == "You have used all 1 attempts at this quiz."
    with database.read() as session:
        assert session.scalars(select(Attempt.state)).all() == ["finished"]


def test_a_saved_answer_has_a_receipt_and_is_there_on_return(taken: Taken) -> None:
    slot = taken.slot("numeric")
    receipt = answer_of(taken.save(slot, {"text": "0.2"}, base_rev=0))
    assert receipt["rev"] == 1 and len(receipt["digest"]) == 64 and receipt["slot"] == slot
    assert taken.look(slot)["response"] == {"text": "0.2"}
    assert taken.look(slot)["rev"] == 1


def test_repeating_a_save_gives_the_same_receipt(taken: Taken, database: Database) -> None:
    slot = taken.slot("numeric")
    first = answer_of(taken.save(slot, {"text": "0.2"}, base_rev=0))
    assert answer_of(taken.save(slot, {"text": "0.2"}, base_rev=0)) == first
    answer_of(taken.save(slot, {"text": "0.3"}, base_rev=1))
    # Even when the answer to the first save was lost and newer work has come since.
    assert answer_of(taken.save(slot, {"text": "0.2"}, base_rev=0)) == first
    assert taken.look(slot)["response"] == {"text": "0.3"}
    assert len(log(database, slot)) == 2


def test_a_stale_tab_cannot_erase_newer_work_and_its_text_is_kept(taken: Taken, database: Database) -> None:
    slot = taken.slot("numeric")
    answer_of(taken.save(slot, {"text": "0.3"}, base_rev=0))
    refused = answer_of(taken.save(slot, {"text": "0.9"}, base_rev=0), 409)
    assert refused["current"] == {"rev": 1, "response": {"text": "0.3"}}
    assert [(entry.disposition, entry.response) for entry in log(database, slot)] == [
        ("accepted", {"text": "0.3"}),
        ("stale", {"text": "0.9"}),
    ]
    assert taken.look(slot)["response"] == {"text": "0.3"}


def test_a_half_typed_number_is_saved_but_cannot_be_checked(taken: Taken) -> None:
    slot = taken.slot("numeric")
    answer_of(taken.save(slot, {"text": "zero point"}, base_rev=0))
    assert taken.look(slot)["response"] == {"text": "zero point"}
    refused = answer_of(taken.check(slot, {"text": "zero point"}, 1), 422)
    assert refused["errors"][0]["pointer"] == "/response/text"
    assert taken.look(slot)["tries"]["used"] == 0


def test_an_answer_that_cannot_be_read_counts_as_unanswered_at_the_end(taken: Taken) -> None:
    slot = taken.slot("numeric")
    answer_of(taken.save(slot, {"text": "zero point"}, base_rev=0))
    result = answer_of(taken.submit())
    assert result["slots"][slot - 1]["status"] == "unanswered"


def test_a_draft_can_be_cleared(taken: Taken) -> None:
    slot = taken.slot("numeric")
    answer_of(taken.save(slot, {"text": "1"}, base_rev=0))
    answer_of(taken.save(slot, None, base_rev=1))
    assert taken.look(slot)["response"] is None
    assert taken.look(slot)["rev"] == 2


def test_checking_the_same_answer_again_says_the_same_and_uses_no_try(taken: Taken) -> None:
    slot = taken.slot("numeric")
    first = answer_of(taken.check(slot, {"text": "0.999"}, 1))
    assert first["outcome"]["status"] == "incorrect"
    again = answer_of(taken.check(slot, {"text": "0.999"}, 2))
    assert again == first
    assert again["tries"] == {"used": 1, "allowed": 3}


def test_a_try_that_another_tab_used_is_refused_and_kept(taken: Taken, database: Database) -> None:
    slot = taken.slot("numeric")
    answer_of(taken.check(slot, {"text": "0.999"}, 1))
    answer_of(taken.check(slot, {"text": "0.998"}, 1), 409)
    assert [entry.disposition for entry in log(database, slot)] == ["accepted", "stale"]


def test_a_slot_closes_when_solved_and_then_says_all(taken: Taken) -> None:
    slot = taken.slot("single_choice")
    solved = answer_of(taken.check(slot, taken.right(slot), 1))
    assert solved["closed"] and solved["outcome"]["status"] == "correct"
    assert all("feedback" in choice for choice in solved["outcome"]["choices"])
    assert solved["outcome"]["reread"][0]["url"].startswith("http")
    answer_of(taken.check(slot, taken.wrong(slot), 2), 409)
    answer_of(taken.save(slot, taken.wrong(slot), base_rev=1), 409)


def test_while_tries_remain_only_what_was_chosen_is_talked_about(taken: Taken) -> None:
    slot = taken.slot("single_choice")
    checked = answer_of(taken.check(slot, taken.wrong(slot), 1))
    assert not checked["closed"]
    assert "right" not in checked["outcome"] and "choices" not in checked["outcome"]
    assert checked["outcome"]["feedback"]


def test_submitting_twice_gives_the_same_result(taken: Taken, database: Database) -> None:
    taken.answer_everything(right=True)
    first = taken.submit()
    second = taken.submit()
    assert answer_of(first) == answer_of(second)
    with database.read() as session:
        slots = session.scalar(select(func.count()).select_from(Slot))
        assert session.scalar(select(func.count()).select_from(Grade)) == slots


def test_the_last_answers_can_come_with_the_submission(taken: Taken) -> None:
    slot = taken.slot("single_choice")
    last = {"slot": slot, "response": taken.right(slot), "base_rev": 0}
    result = answer_of(taken.submit([last]))
    assert result["slots"][slot - 1]["status"] == "correct"


def test_a_stale_last_answer_is_kept_and_not_counted(taken: Taken, database: Database) -> None:
    slot = taken.slot("single_choice")
    answer_of(taken.save(slot, taken.right(slot), base_rev=0))
    result = answer_of(taken.submit([{"slot": slot, "response": taken.wrong(slot), "base_rev": 0}]))
    assert result["slots"][slot - 1]["status"] == "correct"
    assert [entry.disposition for entry in log(database, slot)] == ["accepted", "stale"]


def test_what_comes_after_the_end_is_kept_and_not_counted(taken: Taken, database: Database) -> None:
    slot = taken.slot("single_choice")
    before = answer_of(taken.submit())
    answer_of(taken.save(slot, taken.right(slot), base_rev=0), 409)
    answer_of(taken.check(slot, taken.right(slot), 1), 409)
    assert answer_of(taken.submit([{"slot": slot, "response": taken.right(slot), "base_rev": 0}])) == before
    assert {entry.disposition for entry in log(database, slot)} == {"after_finish"}


def test_the_result_of_an_open_attempt_is_refused(taken: Taken) -> None:
    answer_of(taken.result(), 409)


@pytest.mark.parametrize("right", [True, False])
def test_every_kind_can_be_answered(every_kind: Taken, right: bool) -> None:
    """All kinds of the founding unit, through save and submission, right and wrong."""
    every_kind.answer_everything(right=right)
    result = answer_of(every_kind.submit())
    kinds = {slot["question"]["kind"]: slot["status"] for slot in result["slots"]}
    assert set(kinds) == {
        *("single_choice", "true_false", "multiple_choice", "numeric", "short_text"),
        *("cloze", "matching", "ordering", "open"),
    }
    assert kinds.pop("open") == "needs_review"
    assert set(kinds.values()) == ({"correct"} if right else {"incorrect"}), kinds
    assert result["score"]["pending"] == 1
    # The open answer counts once it is long enough; what it is worth, its author judges by the rubric.
    assert result["score"]["points"] == ("9.00" if right else "1.00")
    assert result["score"]["possible"] == "9.00"
    assert all(slot["outcome"]["reread"] for slot in result["slots"])


def test_everything_is_still_there_after_a_restart(taken: Taken, reopened: Client) -> None:
    slot = taken.slot("single_choice")
    answer_of(taken.save(slot, taken.right(slot), base_rev=0))
    assert (
        answer_of(reopened.get(f"/attempts/{taken.id}"))["slots"]
        == answer_of(taken.client.get(f"/attempts/{taken.id}"))["slots"]
    )


def test_somebody_elses_attempt_is_as_missing_as_none(taken: Taken, ben: Client) -> None:
    for path in ("", "/result"):
        foreign, missing = ben.get(f"/attempts/{taken.id}{path}"), ben.get(f"/attempts/{uuid4()}{path}")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.data == missing.data
    body = {"response": None, "base_rev": 0}
    foreign, missing = (ben.put(f"/attempts/{one}/answers/1", body) for one in (taken.id, uuid4()))
    assert (foreign.status_code, foreign.data) == (404, missing.data)


def test_saving_and_checking_cost_few_statements_however_much_was_saved(taken: Taken, database: Database) -> None:
    slot = taken.slot("single_choice")
    right, wrong = taken.right(slot), taken.wrong(slot)
    for rev in range(12):
        answer_of(taken.save(slot, wrong if rev % 2 else right, base_rev=rev))
    with statements(database) as count:
        answer_of(taken.save(slot, wrong, base_rev=12))
    assert len(count) <= 4, count
    with statements(database) as count:
        answer_of(taken.check(slot, right, 1))
    assert len(count) <= 5, count
    with statements(database) as count:
        answer_of(taken.submit())
    assert len(count) <= 10, count


def test_unseen_variants_come_first(ana: Client, prep_check: str, database: Database) -> None:
    drawn = []
    for _ in range(5):
        attempt = take(ana, prep_check, database)
        with database.read() as session:
            slot = attempt.slot("numeric")
            drawn.append(str(session.get_one(Slot, (attempt.uuid, slot)).drawn))
        answer_of(attempt.submit())
    assert len(set(drawn)) == 5


def before(database: Database, beginning: str, act: Callable[[], object]) -> None:
    """Do something, once, just before a statement that begins like this is sent."""

    def watch(statement: str) -> None:
        if statement.startswith(beginning):
            database.watchers.remove(watch)
            act()

    database.watchers.append(watch)


def log(database: Database, slot: int) -> list[Entry]:
    """The log of a slot, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(Entry).where(Entry.slot == slot).order_by(Entry.id)))


@pytest.mark.parametrize("typed", ['½ \\ "a"\n\t{}', "\\u0041 ' %s $1 :x 𝛼 NULL"])
def test_what_comes_with_other_answers_is_kept_as_it_was_typed(taken: Taken, typed: str) -> None:
    number, choice = taken.slot("numeric"), taken.slot("single_choice")
    sent = [{"slot": number, "response": {"text": typed}, "base_rev": 0}]
    sent += [{"slot": choice, "response": taken.right(choice), "base_rev": 0}]
    answer_of(taken.client.patch(f"/attempts/{taken.id}/answers", {"responses": sent}))
    assert taken.look(number)["response"] == {"text": typed}
    assert taken.look(choice)["response"] == taken.right(choice)
