"""Where admins see to people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.accounts import people
from service.accounts.models import User
from service.accounts.schemas import UserChangesIn, UserDisabledOut, UserIn, UserInFullOut, UserOut, UsersQuery
from service.domain.roles import Allow, Role
from service.errors import Conflict
from service.web.calls import Call, Reply
from service.web.paging import Page, list_of
from service.web.routes import PREFIX, Routes

routes = Routes("people", "Who there is.")
ADMIN = Allow.to(Role.ADMIN)
USER = "/admin/users/<uuid:user>"
NOT_ERASED = (
    "{login} can no longer do anything here, and no token of theirs is valid; what they did is kept, and PATCH with "
    '{{"disabled": false}} lets them in again. '
    "To remove a person's data for good: POST {prefix}/admin/users/{id}/erasure."
)


@routes.get("/admin/users", allow=ADMIN, query=UsersQuery, gives=list_of(UserOut))
def list_users(call: Call) -> Page:
    """Everybody by login, or the one with this `login`, or with this `external_id` of an `issuer`."""
    limit, (after,) = call.query["limit"], call.query.get("after", (None,))
    wanted = people.Wanted(*(call.query.get(name) for name in ("login", "issuer", "external_id")))
    found = people.list_people(call.session, wanted, after=after, limit=limit + 1)
    return Page.cut(found, limit, lambda person: (person.login,))


@routes.post("/admin/users", allow=ADMIN, takes=UserIn, gives=UserOut, status=201, problems=(Conflict,))
def create_user(call: Call) -> Reply:
    """Make a person. They can do something once they are enrolled and have a token."""
    person = people.make_person(call.session, call.world, call.body)
    call.tell(user=person.id, is_admin=person.is_admin)
    return Reply(body=person, headers={"Location": f"{call.address}/{person.id}"})


@routes.get(USER, allow=ADMIN, gives=UserInFullOut)
def get_user(call: Call, user: UUID) -> dict[str, Any]:
    """A person, and what they are in which course."""
    person = people.get_person(call.session, user)
    return {**_told(person), "enrolments": people.courses_of(call.session, user)}


@routes.patch(USER, allow=ADMIN, takes=UserChangesIn, gives=UserOut, problems=(Conflict,))
def change_user(call: Call, user: UUID) -> User:
    """Change what is given of a person: names, external_id, whether they are an admin or shut out."""
    call.tell(**{name: call.body[name] for name in ("is_admin", "disabled") if name in call.body})
    return people.change_person(call.session, call.world, call.caller, people.get_person(call.session, user), call.body)


@routes.delete(USER, allow=ADMIN, gives=UserDisabledOut, problems=(Conflict,))
def disable_user(call: Call, user: UUID) -> dict[str, Any]:
    """Shut a person out, at once and everywhere. What they did is kept; the answer says how it would be erased."""
    person = people.disable_person(call.session, call.world, call.caller, people.get_person(call.session, user))
    return {**_told(person), "message": NOT_ERASED.format(login=person.login, prefix=PREFIX, id=person.id)}


def _told(person: User) -> dict[str, Any]:
    return {name: getattr(person, name) for name in UserOut().fields}
