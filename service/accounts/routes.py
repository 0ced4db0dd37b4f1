"""Where people ask about themselves."""

from __future__ import annotations

from service.accounts import operations
from service.accounts.schemas import MeOut
from service.domain.roles import ANY_PERSON
from service.web.calls import Call
from service.web.routes import Routes

routes = Routes("accounts", "Who you are.")


@routes.get("/me", allow=ANY_PERSON, gives=MeOut)
def get_me(call: Call) -> operations.Me:
    """Who the token speaks for, and what they are in which course."""
    return operations.get_me(call.session, call.caller)
