"""Who may call what: every endpoint by every caller, with verdicts written by hand.

A declaration must not verify itself: this table says what is meant, the test enumerates what is declared.
"""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from service.app import FEATURES
from service.web.calls import Endpoint
from tests.cast import Client
from tests.quizzing import Taken

WHO = ("nobody", "eve", "lms", "ana", "ben", "ida", "root")
"""No token · a token but no course · an LMS of the course · its student · another · its instructor · an admin."""

#                                                                          nobody eve lms  ana  ben  ida  root
VERDICTS: dict[str, tuple[int, ...]] = {
    "GET /courses":                                                         (200, 200, 200, 200, 200, 200, 200),
    "GET /courses/tides":                                                   (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/units":                                             (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/units/tides":                                       (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/units/tides/reading-list":                          (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/quizzes":                                           (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/changes":                                           (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/glossary":                                          (401, 404, 200, 200, 200, 200, 200),
    "GET /courses/tides/calendar.ics":                                      (401, 404, 200, 200, 200, 200, 200),
    "GET /quizzes/{quiz}":                                                  (401, 404, 200, 200, 200, 200, 200),
    "GET /me":                                                              (401, 200, 403, 200, 200, 200, 200),
    # Ana's attempt: nobody else's business, an instructor's and an admin's included.
    "POST /quizzes/{quiz}/attempts":                                        (401, 403, 403, 200, 201, 403, 403),
    "GET /attempts/{attempt}":                                              (401, 403, 403, 200, 404, 403, 403),
    "PUT /attempts/{attempt}/answers/1":                                    (401, 403, 403, 200, 404, 403, 403),
    "POST /attempts/{attempt}/answers/1/checks":                            (401, 403, 403, 422, 404, 403, 403),
    "PATCH /attempts/{attempt}/answers":                                     (401, 403, 403, 200, 404, 403, 403),
    "GET /attempts/{attempt}/receipts":                                      (401, 403, 403, 200, 404, 403, 403),
    "POST /attempts/{attempt}/answers/1/hints":                             (401, 403, 403, 409, 404, 403, 403),
    "POST /attempts/{attempt}/answers/1/variants":                          (401, 403, 403, 409, 404, 403, 403),
    "PUT /attempts/{attempt}/answers/1/self-assessment":                    (401, 403, 403, 409, 404, 403, 403),
    "GET /attempts/{attempt}/proof":                                         (401, 403, 403, 409, 404, 403, 403),
    "GET /attempts/{attempt}/result":                                       (401, 403, 403, 409, 404, 403, 403),
    "POST /attempts/{attempt}/submission":                                  (401, 403, 403, 200, 404, 403, 403),
    "PUT /me/courses/tides/readings/{reading}":                             (401, 403, 403, 200, 200, 403, 403),
    "PUT /attempts/{attempt}/answers/1/ease":                               (401, 403, 403, 409, 404, 403, 403),
    "GET /me/review":                                                       (401, 403, 403, 200, 200, 403, 403),
    "POST /me/review/{card}/attempts":                                      (401, 403, 403, 404, 404, 403, 403),
    "GET /me/notices":                                                      (401, 403, 403, 200, 200, 403, 403),
    "GET /me/export":                                                       (401, 403, 403, 200, 200, 403, 403),
    "POST /admin/users/{user}/erasure":                                  (401, 403, 403, 403, 403, 403, 422),
    "GET /me/next":                                                         (401, 403, 403, 200, 200, 403, 403),
    "GET /me/courses/tides/progress":                                       (401, 403, 403, 200, 200, 403, 403),
    "GET /me/courses/tides/units/tides/progress":                           (401, 403, 403, 200, 200, 403, 403),
    # A class: for those who run the course, and for an LMS that may read progress.
    "GET /courses/tides/progress":                                           (401, 403, 200, 403, 403, 200, 200),
    "GET /courses/tides/heat-map":                                           (401, 403, 200, 403, 403, 200, 200),
    "GET /courses/tides/overview":                                           (401, 403, 403, 403, 403, 200, 200),
    "GET /courses/tides/gradebook.csv":                                      (401, 403, 200, 403, 403, 200, 200),
    "POST /admin/attempts/{attempt}/void":                                   (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/attempts/{attempt}/reopening":                              (401, 403, 403, 403, 403, 409, 409),
    "GET /admin/questions/{question}/regrades":                              (401, 403, 403, 403, 403, 200, 200),
    # What it would do has not been looked at; the attempt is still open.
    "POST /admin/questions/{question}/regrades":                             (401, 403, 403, 403, 403, 422, 422),
    "PUT /admin/attempts/{attempt}/answers/1/grade":                         (401, 403, 403, 403, 403, 409, 409),
    "PUT /admin/quizzes/{quiz}/extensions/{student}":                        (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides":                                 (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/units":                                      (401, 403, 403, 403, 403, 201, 409),
    "PUT /admin/courses/tides/units/tides":                                 (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/units/tides/publication":                    (401, 403, 403, 403, 403, 200, 200),
    "PATCH /admin/courses/tides/units/tides":                               (401, 403, 403, 403, 403, 200, 200),
    "DELETE /admin/courses/tides/units/tides":                              (401, 403, 403, 403, 403, 409, 409),
    "POST /admin/courses/tides/units/tides/archival":                       (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/diff":                            (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/preview":                         (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/units/tides/revert":                         (401, 403, 403, 403, 403, 200, 200),
    # The course's own document: to make one, or to take it away, is an admin's business.
    "POST /admin/courses":                                                  (401, 403, 403, 403, 403, 403, 201),
    "GET /admin/courses/tides":                                             (401, 403, 403, 403, 403, 200, 200),
    "PUT /admin/courses/tides":                                             (401, 403, 403, 403, 403, 200, 200),
    "PUT /admin/courses/tides/units":                                       (401, 403, 403, 403, 403, 204, 204),
    "PATCH /admin/courses/tides":                                           (401, 403, 403, 403, 403, 200, 200),
    "DELETE /admin/courses/tides":                                          (401, 403, 403, 403, 403, 403, 409),
    "GET /admin/courses/tides/units/tides/versions":                        (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/versions/1":                      (401, 403, 403, 403, 403, 200, 200),
    # One by one; Ida is first, and Root finds what she made of it.
    "GET /admin/courses/tides/units/tides/readings":                        (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/units/tides/readings":                       (401, 403, 403, 403, 403, 201, 409),
    "PUT /admin/courses/tides/units/tides/readings":                        (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/readings/chapter":                (401, 403, 403, 403, 403, 200, 200),
    "PUT /admin/courses/tides/units/tides/readings/chapter":                (401, 403, 403, 403, 403, 200, 200),
    "PATCH /admin/courses/tides/units/tides/readings/chapter":              (401, 403, 403, 403, 403, 200, 200),
    "DELETE /admin/courses/tides/units/tides/readings/chapter":             (401, 403, 403, 403, 403, 409, 409),
    "GET /admin/courses/tides/units/tides/questions":                       (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/units/tides/questions":                      (401, 403, 403, 403, 403, 201, 409),
    "PUT /admin/courses/tides/units/tides/questions":                       (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/questions/moon-alone":            (401, 403, 403, 403, 403, 200, 200),
    "PUT /admin/courses/tides/units/tides/questions/moon-alone":            (401, 403, 403, 403, 403, 200, 200),
    "PATCH /admin/courses/tides/units/tides/questions/moon-alone":          (401, 403, 403, 403, 403, 200, 200),
    "DELETE /admin/courses/tides/units/tides/questions/moon-alone":         (401, 403, 403, 403, 403, 409, 409),
    "GET /admin/courses/tides/units/tides/quizzes":                         (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/units/tides/quizzes":                        (401, 403, 403, 403, 403, 201, 409),
    "PUT /admin/courses/tides/units/tides/quizzes":                         (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/quizzes/shuffled":                (401, 403, 403, 403, 403, 200, 200),
    "PUT /admin/courses/tides/units/tides/quizzes/shuffled":                (401, 403, 403, 403, 403, 200, 200),
    "PATCH /admin/courses/tides/units/tides/quizzes/shuffled":              (401, 403, 403, 403, 403, 200, 200),
    "DELETE /admin/courses/tides/units/tides/quizzes/shuffled":             (401, 403, 403, 403, 403, 200, 404),
    "GET /admin/courses/tides/export":                                      (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/import":                                     (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/units/tides/gift":                            (401, 403, 403, 403, 403, 200, 200),
    "GET /admin/courses/tides/lint":                                        (401, 403, 403, 403, 403, 200, 200),
    "GET /courses/tides/statistics":                                        (401, 403, 200, 403, 403, 200, 200),
    "GET /admin/questions/{question}/unmatched-answers":                    (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/questions/{question}/unmatched-answers/none/acceptance":   (401, 403, 403, 403, 403, 404, 404),
    "GET /courses/tides/coverage":                                          (401, 403, 403, 403, 403, 200, 200),
    # People are an admin's business; who is in a course, its instructor's as well. {user} and {token} are Ben's.
    "GET /admin/users":                                                     (401, 403, 403, 403, 403, 403, 200),
    "POST /admin/users":                                                    (401, 403, 403, 403, 403, 403, 201),
    "GET /admin/users/{user}":                                              (401, 403, 403, 403, 403, 403, 200),
    "PATCH /admin/users/{user}":                                            (401, 403, 403, 403, 403, 403, 200),
    "DELETE /admin/users/{user}":                                           (401, 403, 403, 403, 403, 403, 200),
    "GET /admin/courses/tides/enrolments":                                  (401, 403, 403, 403, 403, 200, 200),
    "POST /admin/courses/tides/enrolments":                                 (401, 403, 403, 403, 403, 201, 200),
    "POST /admin/courses/tides/enrolments/import":                          (401, 403, 403, 403, 403, 200, 200),
    "PATCH /admin/courses/tides/enrolments/{user}":                         (401, 403, 403, 403, 403, 403, 200),
    "DELETE /admin/courses/tides/enrolments/{user}":                        (401, 403, 403, 403, 403, 204, 404),
    "GET /me/tokens":                                                       (401, 200, 403, 200, 200, 200, 200),
    "POST /me/tokens":                                                      (401, 201, 403, 201, 201, 201, 201),
    "DELETE /me/tokens/{token}":                                            (401, 404, 403, 404, 204, 404, 404),
    "GET /admin/tokens":                                                    (401, 403, 403, 403, 403, 403, 200),
    "POST /admin/tokens":                                                   (401, 403, 403, 403, 403, 403, 201),
    "GET /admin/tokens/{token}":                                            (401, 403, 403, 403, 403, 403, 200),
    "PATCH /admin/tokens/{token}":                                          (401, 403, 403, 403, 403, 403, 200),
    "DELETE /admin/tokens/{token}":                                         (401, 403, 403, 403, 403, 403, 204),
    "GET /admin/audit":                                                     (401, 403, 403, 403, 403, 403, 200),
    "GET /admin/courses/tides/audit":                                       (401, 403, 403, 403, 403, 200, 200),
}  # fmt: skip

QUESTIONS = [
    *("highest", "how-many-bulges", "moon-alone", "range", "which-are-tidal"),
    *("word-for-low", "fill-in", "words", "half-a-day", "in-your-words"),
]

BODIES: dict[str, object] = {
    "POST /admin/users/{user}/erasure": {"confirm": "somebody else"},
    "PUT /attempts/{attempt}/answers/1": {"response": None, "base_rev": 0},
    "POST /attempts/{attempt}/answers/1/checks": {"response": None, "try": 1},
    "PATCH /attempts/{attempt}/answers": {"responses": [{"slot": 1, "response": None, "base_rev": 0}]},
    "POST /attempts/{attempt}/answers/1/hints": {"number": 1},
    "PUT /attempts/{attempt}/answers/1/self-assessment": {"ticked": []},
    "POST /attempts/{attempt}/submission": {},
    "POST /admin/questions/{question}/regrades": {"policy": "full_credit", "reason": "It was ambiguous."},
    "POST /admin/questions/{question}/unmatched-answers/none/acceptance": {},
    "PUT /admin/attempts/{attempt}/answers/1/grade": {"credit": "1/2", "reason": "Half of it."},
    "POST /admin/attempts/{attempt}/void": {"reason": "cheated"},
    "POST /admin/attempts/{attempt}/reopening": {"reason": "a power cut", "until": "2026-03-03T09:00:00Z"},
    "PUT /admin/quizzes/{quiz}/extensions/{student}": {"factor": "1.5", "reason": "dyslexia"},
    "PUT /me/courses/tides/readings/{reading}": {"state": "done"},
    "POST /admin/courses/tides/units": {"format": "hornbook/unit@1", "unit": {"key": "waves", "title": "Waves"}},
    "PUT /admin/courses/tides/units/tides": {"format": "hornbook/unit@1", "unit": {"key": "tides", "title": "Tides"}},
    "POST /admin/courses/tides/units/tides/readings": {"key": "diary", "title": "A Diary"},
    "PUT /admin/courses/tides/units/tides/readings": {"keys": ["tide-table"]},
    "PUT /admin/courses/tides/units/tides/readings/chapter": {"title": "A Chapter"},
    "PATCH /admin/courses/tides/units/tides/readings/chapter": {"minutes": 5},
    "POST /admin/courses/tides/units/tides/questions": {
        "key": "sun",
        "kind": "true_false",
        "stem": "?",
        "answer": True,
    },
    "PUT /admin/courses/tides/units/tides/questions": {"keys": QUESTIONS},
    "PUT /admin/courses/tides/units/tides/questions/moon-alone": {"kind": "true_false", "stem": "?", "answer": True},
    "PATCH /admin/courses/tides/units/tides/questions/moon-alone": {"points": 2},
    "POST /admin/courses/tides/units/tides/quizzes": {"key": "short", "title": "Short", "questions": ["moon-alone"]},
    "PUT /admin/courses/tides/units/tides/quizzes": {"keys": ["everything", "shuffled", "prep-check"]},
    "PUT /admin/courses/tides/units/tides/quizzes/shuffled": {"title": "Short", "questions": ["moon-alone"]},
    "PATCH /admin/courses/tides/units/tides/quizzes/shuffled": {"title": "Other"},
    "PATCH /admin/courses/tides/units/tides": {"unit": {"title": "Tides"}},
    "POST /admin/courses/tides/units/tides/revert": {"version": 1},
    "POST /admin/courses": {"format": "hornbook/course@1", "key": "rivers", "title": "Rivers"},
    "PUT /admin/courses/tides": {
        "format": "hornbook/course@1",
        "key": "tides",
        "title": "Tides",
        "time_zone": "Europe/London",
        "status": "published",
    },
    "PATCH /admin/courses/tides": {"title": "Tides"},
    "PUT /admin/courses/tides/units": {"keys": ["currents", "tides"]},
    "POST /admin/courses/tides/import": b"::word:: What falls? {=ebb}",
    "POST /admin/users": {"login": "new", "name": "Somebody New"},
    "PATCH /admin/users/{user}": {"name": "Benjamin"},
    "POST /admin/courses/tides/enrolments": {"login": "eve"},
    "POST /admin/courses/tides/enrolments/import": b"login\neve\n",
    "PATCH /admin/courses/tides/enrolments/{user}": {"role": "instructor"},
    "POST /me/tokens": {"label": "my phone"},
    "POST /admin/tokens": {"label": "an LMS", "scopes": ["units:read"], "courses": ["tides"]},
    "PATCH /admin/tokens/{token}": {"label": "Ben's laptop"},
}

SINGLY = ("tides/readings", "tides/questions", "tides/quizzes")
MEDIA_TYPES = {"POST /admin/courses/tides/import": "text/plain"}
"""Of bodies that are no table."""

GUARDED = (
    *(f"{method} /admin/courses/tides/units/tides" for method in ("PUT", "PATCH", "DELETE")),
    *(f"POST /admin/courses/tides/units/tides/{what}" for what in ("publication", "archival", "revert")),
    *(f"{method} /admin/courses/tides" for method in ("PUT", "PATCH", "DELETE")),
    *(name for name in VERDICTS if not name.startswith("GET") and any(map(name.count, SINGLY))),
)
"""Where If-Match is asked for; whoever sends `*` takes what there is."""

QUERIES = {
    "POST /admin/courses/tides/units/tides/readings": "?section=supplemental",
    "PUT /admin/courses/tides/units/tides/readings": "?section=supplemental",
}

RULES = {
    "/courses/<slug:course>": "/courses/tides",
    "/units/<slug:unit>": "/units/tides",
    "<slug:reading>": "chapter",
    "<slug:question>": "moon-alone",
    "<slug:quiz>": "shuffled",
    "<uuid:quiz>": "{quiz}",
    "<uuid:attempt>": "{attempt}",
    "<uuid:reading>": "{reading}",
    "<uuid:card>": "{card}",
    "<uuid:question>": "{question}",
    "<slug:answer>": "none",
    "<uuid:student>": "{student}",
    "<uuid:user>": "{user}",
    "<uuid:token>": "{token}",
    "<int:slot>": "1",
    "<int:version>": "1",
}


def row_of(endpoint: Endpoint) -> str:
    """The endpoint, its variables filled in as in the table."""
    rule = endpoint.rule.removeprefix("/api/v1")
    for variable, value in RULES.items():
        rule = rule.replace(variable, value)
    return f"{endpoint.method} {rule}"


def declared() -> set[str]:
    """Every declared endpoint, by its row."""
    return {row_of(endpoint) for routes in FEATURES for endpoint in routes.endpoints}


def test_every_endpoint_has_a_row_and_every_row_an_endpoint() -> None:
    assert declared() == set(VERDICTS)


def of_ben(request: pytest.FixtureRequest) -> dict[str, str]:
    """Ben, and the token that he uses."""
    ben: Client = request.getfixturevalue("ben")
    return {"user": ben.get("/me").get_json()["id"], "token": ben.get("/me/tokens").get_json()["items"][0]["id"]}


def send(client: Client, endpoint: str, path: str) -> TestResponse:
    """Send what the table says to this address, the endpoint's or one like it."""
    headers = {"If_Match": "*"} if endpoint in GUARDED else {}
    method, body = endpoint.split(" ", maxsplit=1)[0], BODIES.get(endpoint)
    path += QUERIES.get(endpoint, "")
    if isinstance(body, bytes):
        return client.send(
            method, path, raw=body, headers={**headers, "Content-Type": MEDIA_TYPES.get(endpoint, "text/csv")}
        )
    if body is None and endpoint == "POST /quizzes/{quiz}/attempts":
        body = {}
    return client.send(method, path, body, headers=headers)


@pytest.mark.parametrize("endpoint", VERDICTS)
def test_every_caller_gets_the_verdict_of_the_table(
    endpoint: str, taken: Taken, prep_check: str, request: pytest.FixtureRequest
) -> None:
    path = endpoint.split(" ")[1]
    question = taken.asked(1).question_id
    unit = taken.client.get("/courses/tides/units/tides").get_json()
    reading = unit["sections"][0]["items"][0]["reading"]["id"]
    student = taken.client.get("/me").get_json()["id"]
    path = path.format(
        quiz=prep_check,
        attempt=taken.id,
        reading=reading,
        student=student,
        card=reading,
        **{"question": question, **of_ben(request)},
    )
    verdicts = {}
    for who in WHO:
        client: Client = request.getfixturevalue(who)
        verdicts[who] = send(client, endpoint, path).status_code
    assert verdicts == dict(zip(WHO, VERDICTS[endpoint], strict=True))
