"""Where people ask about themselves, and see to the tokens that speak for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.accounts import operations, tokens
from service.accounts.schemas import IssuedTokenOut, MeOut, OwnTokenIn, OwnTokensQuery, TokenPageOut
from service.domain.roles import ANY_PERSON
from service.web.calls import Call
from service.web.paging import Page
from service.web.routes import Routes

routes = Routes("accounts", "Who you are.")


@routes.get("/me", allow=ANY_PERSON, gives=MeOut)
def get_me(call: Call) -> operations.Me:
    """Who the token speaks for, and what they are in which course."""
    return operations.get_me(call.session, call.caller)


@routes.get("/me/tokens", allow=ANY_PERSON, query=OwnTokensQuery, gives=TokenPageOut)
def list_my_tokens(call: Call) -> Page:
    """The tokens that speak for me, the newest first, with when each was used last."""
    return page_of_tokens(call, call.caller.user_id)


@routes.post(
    "/me/tokens", allow=ANY_PERSON, takes=OwnTokenIn, gives=IssuedTokenOut, status=201, secret=True, audited=True
)
def issue_my_token(call: Call) -> dict[str, Any]:
    """Issue a token that speaks for me, shown once. It ends no later than the one it is asked for with."""
    return told_once(call, tokens.issue_own_token(call.session, call.world, call.caller, **call.body))


@routes.delete("/me/tokens/<uuid:token>", allow=ANY_PERSON, audited=True)
def revoke_my_token(call: Call, token: UUID) -> None:
    """Make a token of mine worthless, at once and everywhere."""
    tokens.revoke(call.session, call.world, tokens.get_token(call.session, token, of=call.caller.user_id))


def page_of_tokens(call: Call, user_id: UUID | None) -> Page:
    """A page of everybody's tokens, or of one person's."""
    limit = call.query["limit"]
    found = tokens.list_known_tokens(call.session, user_id=user_id, after=call.query.get("after"), limit=limit + 1)
    page = Page.cut(found, limit, lambda known: (known.token.created_at, known.token.id))
    return Page([told(known) for known in found[:limit]], page.last)


def told(known: tokens.KnownToken) -> dict[str, Any]:
    """A token as it is shown."""
    token = known.token
    return {
        "id": token.id,
        "prefix": f"hb_{token.prefix}",
        "label": token.label,
        "user": token.user_id,
        "login": known.login,
        "scopes": token.scopes,
        "courses": known.courses,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
    }


def told_once(call: Call, issued: operations.IssuedToken) -> dict[str, Any]:
    """A token with its text; what is noted of it is its id."""
    call.tell(token=issued.id)
    return {"id": issued.id, "token": issued.text, "expires_at": issued.expires_at}
