"""Named breakages of what the rows and tests guard: each an edit that somebody might make, and what must notice it."""

from __future__ import annotations

from tests.accept.breakage import ACCEPT, PYTEST, Breakage, Edit, breaks
from tests.accept.breakages_at_the_gate import AT_THE_GATE
from tests.accept.breakages_of_what_is_kept import OF_WHAT_IS_KEPT

KILL = (*ACCEPT, "kill", "--db", "sqlite")
RACE = (*ACCEPT, "race", "--db", "sqlite")
RACE_POSTGRES = (*ACCEPT, "race", "--db", "postgres")
OUTAGE = (*ACCEPT, "postgres")
WORLDS = (*ACCEPT, "two-worlds", "--db", "sqlite")
EDIT = (*ACCEPT, "edit", "--db", "sqlite")
ENTRIES = (*PYTEST, "tests/test_entries_at_work.py", "-k", "sqlite")
TABS = (*PYTEST, "tests/test_two_tabs.py", "-k", "sqlite")
REGRADED = (*PYTEST, "tests/test_regrading.py", "-k")
MACHINE = (*PYTEST, "tests/test_attempt_machine.py", "-k", "sqlite", "--hypothesis-profile=first-failure")

DISPATCH, ANSWER, FINISH = (
    "service/web/dispatch.py",
    "service/quizzes/operations/answer.py",
    "service/quizzes/operations/finish.py",
)
RECORD, VIEW, LOG = (
    "service/quizzes/operations/record.py",
    "service/quizzes/operations/view.py",
    "service/quizzes/operations/log.py",
)

BREAKAGES = (
    breaks(
        "remove the kill itself",
        "tests/accept/kill.py",
        "os.kill(worker, signal.SIGKILL)",
        "os.kill(worker, 0)",
        *KILL,
    ),
    breaks("drop the idempotency insert", DISPATCH, "answer = claim.earlier_answer(call)", "answer = None", *KILL),
    breaks(
        "commit after answering",
        DISPATCH,
        "        with self.database.write() as call.session:\n"
        "            answer = self._perform_once(call, path, content)\n"
        "        if not endpoint.is_answering:\n"
        "            self.oversight.keep_uses(self.database, arrived_at)\n"
        "        return sent(answer)\n",
        "        transaction = self.database.write()\n"
        "        call.session = transaction.__enter__()\n"
        "        response = sent(self._perform_once(call, path, content))\n"
        "        response.call_on_close(lambda: transaction.__exit__(None, None, None))\n"
        "        return response\n",
        *KILL,
    ),
    breaks("BEGIN for BEGIN IMMEDIATE", "service/db.py", '"BEGIN IMMEDIATE" if writes else "BEGIN"', '"BEGIN"', *RACE),
    Breakage(
        "drop the one-open-attempt index",
        [
            Edit(
                "migrations/versions/0002_students_work.py",
                '            ["user_id", "quiz_id"],\n            unique=True,\n',
                '            ["user_id", "quiz_id"],\n            unique=False,\n',
            ),
            Edit(
                "service/quizzes/models.py",
                '            "quiz_id",\n            unique=True,\n',
                '            "quiz_id",\n            unique=False,\n',
            ),
        ],
        RACE_POSTGRES,
    ),
    breaks(
        "drop the state guard of submit",
        FINISH,
        'states, at) if attempt.state == "in_progress" else None',
        "states, at) if attempt.state else None",
        *RACE,
    ),
    breaks(
        "let two write to one slot at once",
        RECORD,
        "    return one.with_for_update(of=Attempt) if locked else one\n",
        "    return one\n",
        *RACE_POSTGRES,
    ),
    breaks(
        "take an answer at once though the attempt is ending",
        LOG,
        "select(Attempt.id).where(*is_open, as_seen).with_for_update())",
        "select(Attempt.id).where(is_open[0], as_seen))",
        *RACE_POSTGRES,
    ),
    breaks(
        "take an answer at once though its end was moved",
        LOG,
        "select(Attempt.id).where(*is_open, as_seen).with_for_update()",
        "select(Attempt.id).where(*is_open).with_for_update()",
        *PYTEST,
        "tests/test_answering_at_once.py",
        "-k",
        "sqlite",
    ),
    breaks(
        "answer at once before it is kept",
        DISPATCH,
        "            with suppress(WriteNeeded), self.database.at_once() as call.session:\n"
        "                return sent(_perform(call, path))\n",
        "            transaction = self.database.write()\n"
        "            call.session = transaction.__enter__()\n"
        "            response = sent(_perform(call, path))\n"
        "            response.call_on_close(lambda: transaction.__exit__(None, None, None))\n"
        "            return response\n",
        *KILL,
    ),
    breaks(
        "answer 500 when the database is gone",
        "service/web/failures.py",
        "    if error.connection_invalidated or _is_passing(error):\n        return Unavailable()\n",
        "",
        *OUTAGE,
    ),
    breaks(
        "read the key from the latest revision",
        RECORD,
        "AnswerKey.id == Slot.answer_key_id",
        "AnswerKey.id == Question.answer_key_id",
        *MACHINE,
    ),
    breaks(
        "a repeated check costs a try",
        ANSWER,
        "    if repeated is not None:\n",
        "    if repeated is None and False:\n",
        *MACHINE,
    ),
    breaks(
        "ignore base_rev",
        ANSWER,
        "sent.base_rev is not None and sent.base_rev != state.rev",
        "sent.base_rev == -1",
        *TABS,
    ),
    breaks(
        "forget what was stale",
        ANSWER,
        "    if not same:\n        append(session, sent.kept(disposition))\n",
        "",
        *TABS,
    ),
    breaks(
        "count what comes with a late submission",
        FINISH,
        '    if attempt.state != "in_progress":\n        return "after_finish"\n',
        "",
        *TABS,
    ),
    breaks(
        "drop one owner filter",
        RECORD,
        "    found = select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == user_id)\n",
        "    found = select(Attempt).where(Attempt.id == attempt_id)\n",
        *PYTEST,
        "tests/test_access.py",
        "-k",
        "sqlite",
    ),
    breaks(
        "ignore If-Match",
        "service/web/caching.py",
        "    if not names(if_match, current):\n",
        "    if not names(if_match, current) and not if_match:\n",
        *EDIT,
    ),
    breaks(
        "write an edit over what it was not made on",
        "service/seeding/unit_routes.py",
        "        if digest != base:\n",
        "        if not base:\n",
        *ENTRIES,
    ),
    breaks(
        "put the key into one public schema",
        VIEW,
        '        "question": questions.show(asked.revision, asked.drawn, asked.layout),\n',
        '        "question": {**questions.show(asked.revision, asked.drawn, asked.layout), "key": asked.key},\n',
        *WORLDS,
    ),
    breaks(
        "hash the whole document into the entity tag",
        "service/content/staging.py",
        '"etag": etag_of("unit", unit, listed),',
        '"etag": etag_of("unit", unit, listed, repr(document)),',
        *WORLDS,
    ),
    breaks(
        "show the steps in an order that hangs on the key",
        "service/domain/kinds/ordering.py",
        "dealer.shuffled(sorted(right))",
        "dealer.shuffled(right)",
        *WORLDS,
    ),
    breaks(
        "tell of a question that is withheld",
        "service/domain/attempts.py",
        "    if standing.withheld:\n        return False\n",
        "",
        *WORLDS,
    ),
    breaks(
        "name an answer by the author's keys",
        RECORD,
        "return digest_of(self.show_response(response))",
        "return digest_of(response)",
        *PYTEST,
        "tests/test_key_leaks.py",
        "-k",
        "sqlite",
    ),
    breaks(
        "regrade without waiting for who ends just now",
        "service/quizzes/operations/regrading.py",
        ".where(QuestionRevision.id == revision.id).with_for_update())",
        ".where(QuestionRevision.id == revision.id))",
        *REGRADED,
        "postgres and who_ends_while",
    ),
    breaks(
        "lower a grade by a regrade",
        "service/domain/regrading.py",
        "    return max(old, new)\n",
        "    return new\n",
        *REGRADED,
        "sqlite and nobody_loses",
    ),
    *AT_THE_GATE,
    *OF_WHAT_IS_KEPT,
)
