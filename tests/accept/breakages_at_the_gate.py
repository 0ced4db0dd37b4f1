"""Breakages of what stands between callers and courses: who may, what is read, and what leaves as HTML."""

from __future__ import annotations

from tests.accept.breakage import ACCEPT, PYTEST, Breakage, Edit, breaks

MATRIX = (*ACCEPT, "matrix", "--db", "sqlite")
NASTY = (*PYTEST, "tests/test_nasty.py", "-k", "POST and (tokens or lint or checks)")

ROUTES, ROLES, CALLS = "service/web/routes.py", "service/domain/roles.py", "service/web/calls.py"
FIELDS, OPERATIONS = "service/web/fields.py", "service/accounts/operations.py"

AT_THE_GATE = (
    breaks(
        "an endpoint without `allow`",
        ROUTES,
        "    def get(self, rule: str, *, allow: Allow, **facts",
        "    def get(self, rule: str, *, allow: Allow = Allow(anyone=True), **facts",
        *PYTEST,
        "tests/test_web.py",
        "-k",
        "does_not_say_who",
    ),
    breaks(
        "an endpoint that allows anybody",
        "service/progress/class_routes.py",
        '"/courses/<slug:course>/overview", allow=STAFF,',
        '"/courses/<slug:course>/overview", allow=Allow(anyone=True),',
        *PYTEST,
        "tests/test_access.py",
        "-k",
        "overview and sqlite",
    ),
    breaks(
        "supervise attempts of any course",
        "service/quizzes/supervision_routes.py",
        "    call.admit(attempt.course_id)\n",
        "    call.course_id = attempt.course_id\n",
        *MATRIX,
    ),
    breaks(
        "look for a person in any course",
        "service/accounts/enrolling.py",
        "select(Enrolment).where(Enrolment.course_id == course_id, Enrolment.user_id == user_id)",
        "select(Enrolment).where(Enrolment.user_id == user_id)",
        *MATRIX,
    ),
    breaks(
        "mark a reading wherever it is",
        "service/progress/operations.py",
        "        .where(Course.slug == slug, Reading.id == reading_id, Reading.archived_at.is_(None))\n",
        "        .where(Reading.id == reading_id, Reading.archived_at.is_(None))\n",
        *MATRIX,
    ),
    breaks(
        "refuse what is another's otherwise than what is missing",
        CALLS,
        "            raise Forbidden() if is_known_there else NotFound()\n",
        '            raise Forbidden() if is_known_there else NotFound("This is not yours.")\n',
        *MATRIX,
    ),
    breaks(
        "let a system's token into every course",
        ROLES,
        "self.scope in caller.scopes and course_id in caller.courses",
        "self.scope in caller.scopes",
        *MATRIX,
    ),
    Breakage(
        "let any scope do",
        [
            Edit(
                ROLES,
                "        return self.scope is not None and self.scope in caller.scopes\n",
                "        return self.scope is not None and bool(caller.scopes)\n",
            ),
            Edit(
                ROLES,
                "self.scope in caller.scopes and course_id in caller.courses",
                "course_id in caller.courses",
            ),
        ],
        MATRIX,
    ),
    breaks("accept unknown fields", FIELDS, "        unknown = ma.RAISE\n", "        unknown = ma.EXCLUDE\n", *NASTY),
    breaks(
        "read JSON of any depth",
        "service/web/json.py",
        "    if _is_too_deep(data):\n",
        "    if data == b'' and _is_too_deep(data):\n",
        *NASTY,
    ),
    breaks(
        "answer otherwise than it is described",
        "service/progress/schemas.py",
        '    reading = Uuid(required=True, attribute="reading_id")\n',
        "    reading = Uuid(required=True)\n",
        *PYTEST,
        "tests/test_schemathesis.py",
        "-k",
        "PUT and readings",
    ),
    breaks(
        "take a time without its zone",
        FIELDS,
        r"(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)",
        r"(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)?",
        *PYTEST,
        "tests/test_web_fields.py",
    ),
    breaks(
        "naive local time",
        "service/world.py",
        "        return datetime.now(UTC)\n",
        "        return datetime.now().replace(tzinfo=UTC)\n",
        *PYTEST,
        "tests/test_world.py",
    ),
    breaks(
        "let a day end when it does in Greenwich",
        "service/progress/review.py",
        "    return at.astimezone(unit.zone).date()\n",
        "    return at.date()\n",
        *PYTEST,
        "tests/test_review.py",
        "-k",
        "sqlite",
    ),
    breaks(
        "trust X-Forwarded-For",
        "service/web/installing.py",
        "    hops = desk.settings.proxy_hops\n",
        "    hops = desk.settings.proxy_hops or 1\n",
        *PYTEST,
        "tests/test_failed_tries.py",
        "-k",
        "sqlite",
    ),
    breaks(
        "let a revoked token live",
        OPERATIONS,
        "    if found.revoked_at is not None or expired or",
        "    if expired or",
        *PYTEST,
        "tests/test_token_management.py",
        "-k",
        "sqlite",
    ),
    breaks(
        "sanitise before Markdown",
        "service/content/markdown.py",
        "placeholders.put_back(sanitised(_PARSER.render(placeholders.text)))",
        "placeholders.put_back(_PARSER.render(sanitised(placeholders.text)))",
        *PYTEST,
        "tests/test_rendering.py",
    ),
    breaks(
        "safe_load",
        "service/seeding/events.py",
        "        raw, spot = builder.document()\n",
        "        spot, raw = builder.document()[1], yaml.safe_load(text)\n",
        *PYTEST,
        "tests/test_yaml_events.py",
    ),
)
