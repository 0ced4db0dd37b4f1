"""What can be done with tokens over HTTP: list them, issue, change and revoke them; one's own, or as an admin any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from service.accounts.models import Token, TokenCourse, User
from service.accounts.operations import IssuedToken, issue_integration_token, issue_personal_token
from service.domain.mistakes import Mistake
from service.domain.roles import Principal, Scope
from service.errors import Conflict, Invalid, NotFound
from service.world import World

ONE_KIND = "Say either `user` (a personal token), or `scopes` and `courses` (a token for another system)."


@dataclass(frozen=True)
class KnownToken:
    """A token with the login of its person, if it is anybody's, and the courses it names, if it names any."""

    token: Token
    login: str | None
    courses: Sequence[str]


def list_known_tokens(
    session: Session, *, user_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[KnownToken]:
    """Every token, or those of one person, the newest first, from the one behind `after`; at most `limit`."""
    found = select(Token).order_by(Token.created_at.desc(), Token.id).limit(limit)
    if user_id is not None:
        found = found.where(Token.user_id == user_id)
    if after is not None:
        at, token_id = after
        found = found.where(or_(Token.created_at < at, and_(Token.created_at == at, Token.id > token_id)))
    return _known(session, session.scalars(found).all())


def get_token(session: Session, token_id: UUID, *, of: UUID | None = None) -> KnownToken:
    """The token, if it is that person's where one is named. Raises `NotFound`."""
    token = session.get(Token, token_id)
    if token is None or (of is not None and token.user_id != of):
        raise NotFound
    return _known(session, [token])[0]


def issue_token(session: Session, world: World, about: Mapping[str, Any]) -> IssuedToken:
    """A personal token (`user`), or an integration's (`scopes`, `courses`), with a `label`, for `days` or for good.

    Raises `Invalid` for what is neither or both, and for people and courses that are not there.
    """
    user_id, scopes, courses = about.get("user"), about.get("scopes"), about.get("courses")
    if (user_id is None) == (scopes is None) or (scopes is None) != (courses is None):
        raise Invalid(ONE_KIND)
    lasts = None if about["days"] is None else timedelta(days=about["days"])
    if user_id is None:
        course_ids = course_ids_of(session, courses or ())
        named = [Scope(scope) for scope in scopes or ()]
        return issue_integration_token(
            session, world, label=about["label"], scopes=named, course_ids=course_ids, lasts=lasts
        )
    person = session.get(User, user_id)
    if person is None or person.disabled_at is not None:
        raise Invalid(errors=[Mistake(("user",), "There is nobody with this id who may use the service.")])
    return issue_personal_token(session, world, person, label=about["label"], lasts=lasts)


def issue_own_token(session: Session, world: World, caller: Principal, *, label: str, days: int) -> IssuedToken:
    """A personal token of the caller's, which ends no later than the one it is asked for with.

    So a token that got into other hands cannot be made to last.
    """
    person = session.get_one(User, caller.user_id)
    issued = issue_personal_token(session, world, person, label=label, lasts=timedelta(days=days))
    ends = session.get_one(Token, caller.token_id).expires_at
    if ends is None or issued.expires_at is None or issued.expires_at <= ends:
        return issued
    session.get_one(Token, issued.id).expires_at = ends
    session.flush()
    return replace(issued, expires_at=ends)


def change_token(session: Session, known: KnownToken, about: Mapping[str, Any]) -> KnownToken:
    """Change what is given of label, expires_at, and an integration's scopes and courses; it counts at once.

    Raises `Conflict` for a token that was revoked, and for scopes and courses of a personal one.
    """
    token = known.token
    if token.revoked_at is not None:
        raise Conflict("This token was revoked, for good. Issue another.")
    if token.scopes is None and about.keys() & {"scopes", "courses"}:
        raise Conflict("A personal token has no scopes and courses: it may do what its person may.")
    for name in ("label", "expires_at"):
        if name in about:
            setattr(token, name, about[name])
    if "scopes" in about:
        token.scopes = sorted(set(about["scopes"]))
    if "courses" in about:
        course_ids = course_ids_of(session, about["courses"])
        session.execute(delete(TokenCourse).where(TokenCourse.token_id == token.id))
        session.add_all(TokenCourse(token_id=token.id, course_id=course_id) for course_id in course_ids)
    session.flush()
    return _known(session, [token])[0]


def revoke(session: Session, world: World, known: KnownToken) -> None:
    """Make the token worthless, at once and on every worker; again, nothing changes."""
    known.token.revoked_at = known.token.revoked_at or world.now()
    session.flush()


def course_ids_of(session: Session, slugs: Sequence[str]) -> list[int]:
    """The ids of these courses. Raises `Invalid` that names those that are not there."""
    courses = TokenCourse.metadata.tables["courses"]
    known = {
        row.slug: row.id
        for row in session.execute(select(courses.c.id, courses.c.slug).where(courses.c.slug.in_(slugs)))
    }
    missing = [
        Mistake(("courses", number), f"There is no course {slug}.")
        for number, slug in enumerate(slugs)
        if slug not in known
    ]
    if missing:
        raise Invalid(errors=missing)
    return sorted(set(known.values()))


def _known(session: Session, tokens: Sequence[Token]) -> list[KnownToken]:
    courses = TokenCourse.metadata.tables["courses"]
    people = {token.user_id for token in tokens if token.user_id is not None}
    logins = dict(session.execute(select(User.id, User.login).where(User.id.in_(people))).all()) if people else {}
    slugs: dict[UUID, list[str]] = {}
    named = (
        select(TokenCourse.token_id, courses.c.slug)
        .join(courses, courses.c.id == TokenCourse.course_id)
        .where(TokenCourse.token_id.in_([token.id for token in tokens]))
        .order_by(courses.c.slug)
    )
    for token_id, slug in session.execute(named) if tokens else ():
        slugs.setdefault(token_id, []).append(slug)
    return [
        KnownToken(token, logins.get(token.user_id) if token.user_id else None, slugs.get(token.id, ()))
        for token in tokens
    ]
