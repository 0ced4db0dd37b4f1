"""What can be done with people and tokens, and how a request's token becomes its caller."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from service.accounts.models import Enrolment, Token, TokenCourse, User
from service.accounts.people import courses_of, make_person
from service.db import Database
from service.domain.expressions import meant
from service.domain.roles import Principal, Role, Scope
from service.errors import NotFound, Unauthenticated
from service.statements import Lookup
from service.world import World

TOKEN = re.compile(r"hb_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
MOST_COMPARED = 500
"""Among how many logins the one that was meant is looked for."""
NOT_VALID = "This token is not valid. It may have been revoked or have expired; ask for a new one."


@dataclass(frozen=True)
class IssuedToken:
    """A token on the one occasion its text is known."""

    id: UUID
    text: str
    expires_at: datetime | None


def authenticate(database: Database, authorization: str | None, now: datetime) -> Principal:
    """The caller behind an `Authorization` header, in one statement; nobody without a header.

    Raises `Unauthenticated` for any header that is not a valid bearer token, with one message for all reasons.
    """
    if authorization is None:
        return Principal()
    sent = sent_token(authorization)
    return caller_of(database.look_up(_CALLER, prefix=sent.prefix), sent, now)


@dataclass(frozen=True)
class SentToken:
    """A token as it was sent: what it is looked up by, and the hash of what proves it."""

    prefix: str
    secret_hash: str


def sent_token(authorization: str) -> SentToken:
    """The token of an `Authorization` header; `Unauthenticated` if there is none."""
    scheme, _, text = authorization.partition(" ")
    form = TOKEN.fullmatch(text.strip())
    if scheme.lower() != "bearer" or form is None:
        raise Unauthenticated(NOT_VALID)
    return SentToken(form[1], _hash(form[2]))


def caller_of(rows: Sequence[Any], sent: SentToken, now: datetime) -> Principal:
    """The caller that rows of `CALLER` tell of; `Unauthenticated` unless the token that was sent is valid now."""
    if not rows or not hmac.compare_digest(rows[0].secret_hash, sent.secret_hash):
        raise Unauthenticated(NOT_VALID)
    found = rows[0]
    expired = found.expires_at is not None and found.expires_at <= now
    if found.revoked_at is not None or expired or found.disabled_at is not None:
        raise Unauthenticated(NOT_VALID)
    return Principal(
        user_id=found.user_id,
        token_id=found.id,
        is_admin=bool(found.is_admin),
        roles=MappingProxyType({row.enrolled_in: Role(row.role) for row in rows if row.enrolled_in is not None}),
        scopes=frozenset(Scope(scope) for scope in found.scopes or ()),
        courses=frozenset(row.bound_to for row in rows if row.bound_to is not None),
    )


CALLER = (
    select(
        Token.id,
        Token.secret_hash,
        Token.user_id,
        Token.scopes,
        Token.expires_at,
        Token.revoked_at,
        User.is_admin,
        User.disabled_at,
        Enrolment.course_id.label("enrolled_in"),
        Enrolment.role,
        TokenCourse.course_id.label("bound_to"),
    )
    .join_from(Token, User, User.id == Token.user_id, isouter=True)
    .join(Enrolment, Enrolment.user_id == User.id, isouter=True)
    .join(TokenCourse, TokenCourse.token_id == Token.id, isouter=True)
    .where(Token.prefix == bindparam("prefix"))
)
"""What is known of the token with this `prefix`: a row for each enrolment of its person, or each course it names."""
_CALLER = Lookup(CALLER)


@dataclass(frozen=True)
class Me:
    """A person and what they are in which course: [{course, role}] by course."""

    id: UUID
    login: str
    name: str
    is_admin: bool
    enrolments: Sequence[Mapping[str, str]]


def get_me(session: Session, caller: Principal) -> Me:
    """The person the caller's token speaks for."""
    user = session.get_one(User, caller.user_id)
    return Me(user.id, user.login, user.name, user.is_admin, courses_of(session, user.id))


def create_user(session: Session, world: World, *, login: str, name: str, is_admin: bool = False) -> User:
    """A new person. `Invalid` when login or name are none, `Conflict` when the login is taken."""
    return make_person(session, world, {"login": login, "name": name, "is_admin": is_admin})


def find_user(session: Session, login: str) -> User | None:
    """The person with this login, or None."""
    return session.scalar(select(User).where(User.login == login))


def get_user(session: Session, login: str) -> User:
    """The person with this login; `NotFound` names it."""
    user = find_user(session, login)
    if user is None:
        known = dict.fromkeys(session.scalars(select(User.login).limit(MOST_COMPARED)))
        raise NotFound(f"There is no user with the login “{login}”{meant(login, known)}")
    return user


def list_users(session: Session) -> Sequence[User]:
    """Everybody, by login."""
    return session.scalars(select(User).order_by(User.login)).all()


def enrol(session: Session, world: World, user: User, course_id: int, role: Role) -> None:
    """Make the person a student or an instructor of the course; said again with another role, the last counts."""
    enrolment = session.get(Enrolment, (user.id, course_id))
    if enrolment is None:
        session.add(Enrolment(user_id=user.id, course_id=course_id, role=role, created_at=world.now()))
    else:
        enrolment.role = role
    session.flush()


def issue_personal_token(
    session: Session, world: World, user: User, *, label: str, lasts: timedelta | None = None
) -> IssuedToken:
    """A token that acts as this person, for `lasts` or until revoked."""
    return _issue(session, world, Token(label=label, user_id=user.id, scopes=None), lasts)


def issue_integration_token(
    session: Session,
    world: World,
    *,
    label: str,
    scopes: Sequence[Scope],
    course_ids: Sequence[int],
    lasts: timedelta | None = None,
) -> IssuedToken:
    """A token for another system: these scopes, in these courses, and nobody's own pages."""
    issued = _issue(session, world, Token(label=label, user_id=None, scopes=sorted(scopes)), lasts)
    session.add_all(TokenCourse(token_id=issued.id, course_id=course_id) for course_id in sorted(set(course_ids)))
    session.flush()
    return issued


def list_tokens(session: Session) -> Sequence[Token]:
    """Every token that was ever issued, newest first."""
    return session.scalars(select(Token).order_by(Token.created_at.desc(), Token.id)).all()


def revoke_token(session: Session, world: World, prefix: str) -> None:
    """Make a token worthless at once, everywhere; `NotFound` when there is none, repeating is harmless."""
    known = session.scalar(select(Token.id).where(Token.prefix == prefix))
    if known is None:
        raise NotFound(f"There is no token that begins with hb_{prefix}.")
    session.execute(update(Token).where(Token.id == known, Token.revoked_at.is_(None)).values(revoked_at=world.now()))


def _issue(session: Session, world: World, token: Token, lasts: timedelta | None) -> IssuedToken:
    now = world.now()
    prefix = base64.b32encode(world.secret(5)).decode().lower()
    secret = base64.urlsafe_b64encode(world.secret(32)).decode().rstrip("=")
    token.id = world.fresh_id()
    token.prefix = prefix
    token.secret_hash = _hash(secret)
    token.created_at = now
    token.expires_at = None if lasts is None else now + lasts
    session.add(token)
    session.flush()
    return IssuedToken(token.id, f"hb_{prefix}_{secret}", token.expires_at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
