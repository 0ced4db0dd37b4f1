"""Where those who run a course see to who is in it: one by one, or a whole roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.accounts import enrolling, rosters
from service.accounts.models import Enrolment, User
from service.accounts.schemas import (
    EnrolledOut,
    EnrolmentIn,
    EnrolmentsQuery,
    RoleIn,
    RosterOut,
    RosterQuery,
)
from service.domain.roles import Allow, Role
from service.domain.rosters import read_roster
from service.errors import Conflict, Invalid, Unreadable
from service.web.calls import Call, Media, Reply
from service.web.paging import Page, list_of
from service.web.routes import Routes

routes = Routes("enrolments", "Who is in a course, as what.")
STAFF = Allow.to(Role.INSTRUCTOR, Role.ADMIN)
ENROLMENTS = "/admin/courses/<slug:course>/enrolments"
ENROLMENT = f"{ENROLMENTS}/<uuid:user>"


def read_csv(content: bytes, media_type: str) -> dict[str, Any]:
    """The roster in a body, with what is wrong in it. Raises `Unreadable` for what is no UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(f"Line {line} is not UTF-8. Save the table as “CSV UTF-8”.") from None
    return {"roster": read_roster(text), "media_type": media_type}


CSV = Media(("text/csv",), read=read_csv)


def _course(call: Call, slug: str) -> int:
    """The id of the course, if the caller runs it."""
    course_id = enrolling.get_course_id(call.session, slug)
    call.admit(course_id)
    return course_id


@routes.get(ENROLMENTS, allow=STAFF, query=EnrolmentsQuery, gives=list_of(EnrolledOut))
def list_enrolments(call: Call, course: str) -> Page:
    """Who is in the course, by login; with `role`, the students or the instructors."""
    limit, (after,) = call.query["limit"], call.query.get("after", (None,))
    found = enrolling.list_enrolments(
        call.session, _course(call, course), role=call.query.get("role"), after=after, limit=limit + 1
    )
    page = Page.cut(found, limit, lambda row: (row[1].login,))
    return Page([_told(*row) for row in found[:limit]], page.last)


@routes.post(ENROLMENTS, allow=STAFF, takes=EnrolmentIn, gives=EnrolledOut, status=(201, 200), problems=(Conflict,))
def enrol_person(call: Call, course: str) -> Reply:
    """Enrol a person named by id, login or external_id; 200 if they were already. Only admins make instructors."""
    course_id = _course(call, course)
    who, role = call.caller.role_in(course_id), Role(call.body.pop("role"))
    person = enrolling.find_person(call.session, call.body)
    is_new = enrolling.enrol_person(call.session, call.world, who, course_id, person, role)
    call.tell(user=person.id, role=role)
    return Reply(
        body=_told(call.session.get_one(Enrolment, (person.id, course_id)), person), status=201 if is_new else 200
    )


@routes.post(f"{ENROLMENTS}/import", allow=STAFF, takes=CSV, query=RosterQuery, gives=RosterOut)
def import_enrolments(call: Call, course: str) -> dict[str, Any]:
    """Enrol everybody of a table (CSV): all of it, or with a mistake at any line nothing; nobody is taken out."""
    course_id = _course(call, course)
    plan = rosters.plan_roster(call.session, course_id, call.body["roster"], call.caller.role_in(course_id))
    is_tried = call.query["dry_run"]
    if plan.mistakes and not is_tried:
        raise Invalid("Nothing was done: mend these lines first.", [wrong.mistake for wrong in plan.mistakes])
    if not is_tried:
        rosters.apply_roster(call.session, call.world, course_id, plan)
    call.tell(**plan.counts)
    return {
        "applied": not is_tried,
        "counts": plan.counts,
        "lines": [
            {
                "line": step.line.number,
                "login": step.person.login if step.person else step.line.login,
                "action": step.action,
                "role": step.line.role,
                "before": step.before,
            }
            for step in plan.steps
        ],
        "mistakes": [{"line": wrong.line, "column": wrong.column, "detail": wrong.message} for wrong in plan.mistakes],
    }


@routes.patch(ENROLMENT, allow=STAFF, takes=RoleIn, gives=EnrolledOut)
def change_role(call: Call, course: str, user: UUID) -> dict[str, Any]:
    """Make a student an instructor or the other way round, which admins do."""
    course_id = _course(call, course)
    role = Role(call.body["role"])
    enrolment, before = enrolling.change_role(call.session, call.caller.role_in(course_id), course_id, user, role)
    call.tell(user=user, before=before, role=role)
    return _told(enrolment, call.session.get_one(User, user))


@routes.delete(ENROLMENT, allow=STAFF)
def end_enrolment(call: Call, course: str, user: UUID) -> None:
    """Take a person out of the course. Their work is kept, and is there again when they come back."""
    course_id = _course(call, course)
    before = enrolling.end_enrolment(call.session, call.caller.role_in(course_id), course_id, user)
    call.tell(user=user, before=before)


def _told(enrolment: Enrolment, person: User) -> dict[str, Any]:
    return {"user": person, "role": enrolment.role, "created_at": enrolment.created_at}
