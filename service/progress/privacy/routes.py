"""Where people get what is stored of them, and admins take it away."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from service.domain.mistakes import Mistake
from service.domain.roles import Allow, Role
from service.errors import Conflict, Invalid, NotFound
from service.progress.privacy.erasure import erase_person, get_erasable
from service.progress.privacy.export import export_person
from service.progress.privacy.schemas import ErasureIn, ErasureOut, ExportOut
from service.web.calls import Call
from service.web.routes import Routes

routes = Routes("privacy", "What is stored of a person.")


@routes.get("/me/export", allow=Allow.to(Role.STUDENT), gives=ExportOut)
def export_my_data(call: Call) -> dict[str, Any]:
    """Everything that is stored of me, with every answer that ever arrived; keys as far as my quizzes show them."""
    return export_person(call.session, call.caller, call.arrived_at)


@routes.post(
    "/admin/users/<uuid:user>/erasure",
    allow=Allow.to(Role.ADMIN),
    takes=ErasureIn,
    gives=ErasureOut,
    problems=(Conflict,),
)
def erase_user(call: Call, user: UUID) -> dict[str, Any]:
    """Take a person out of what is stored, for good; grades and counts stay, under an id that tells nobody."""
    person = get_erasable(call.session, user)
    if person is None:
        raise NotFound()
    if call.body["confirm"] != person.login:
        raise Invalid(errors=[Mistake(("confirm",), "This is not the login of the person. There is no way back.")])
    return {"user": user, **asdict(erase_person(call.session, person, call.arrived_at))}
