"""Where admins see to everybody's tokens, and to those of other systems."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.accounts import tokens
from service.accounts.routes import page_of_tokens, told, told_once
from service.accounts.schemas import IssuedTokenOut, TokenChangesIn, TokenIn, TokenOut, TokenPageOut, TokensQuery
from service.domain.roles import Allow, Role
from service.errors import Conflict
from service.web.calls import Call
from service.web.paging import Page
from service.web.routes import Routes

routes = Routes("tokens", "What speaks for people and for other systems.")
ADMIN = Allow.to(Role.ADMIN)
ONE = "/admin/tokens/<uuid:token>"


@routes.get("/admin/tokens", allow=ADMIN, query=TokensQuery, gives=TokenPageOut)
def list_tokens(call: Call) -> Page:
    """Every token that was issued, or with `user` a person's, the newest first; never what makes it one."""
    return page_of_tokens(call, call.query.get("user"))


@routes.post("/admin/tokens", allow=ADMIN, takes=TokenIn, gives=IssuedTokenOut, status=201, secret=True)
def issue_token(call: Call) -> dict[str, Any]:
    """Issue a token, shown once: a person's (`user`), or another system's (`scopes` in `courses`)."""
    body = call.body
    issued = tokens.issue_token(call.session, call.world, body)
    call.tell(**{name: body[name] for name in ("user", "scopes", "courses") if name in body})
    return told_once(call, issued)


@routes.get(ONE, allow=ADMIN, gives=TokenOut)
def get_token(call: Call, token: UUID) -> dict[str, Any]:
    """A token: whose, for what, until when, and when it was used last."""
    return told(tokens.get_token(call.session, token))


@routes.patch(ONE, allow=ADMIN, takes=TokenChangesIn, gives=TokenOut, problems=(Conflict,))
def change_token(call: Call, token: UUID) -> dict[str, Any]:
    """Change a token's label, its end, or what a system's may do and where; it counts at once and everywhere."""
    call.tell(**{name: call.body[name] for name in ("scopes", "courses") if name in call.body})
    return told(tokens.change_token(call.session, tokens.get_token(call.session, token), call.body))


@routes.delete(ONE, allow=ADMIN)
def revoke_token(call: Call, token: UUID) -> None:
    """Make a token worthless, at once and everywhere."""
    tokens.revoke(call.session, call.world, tokens.get_token(call.session, token))
