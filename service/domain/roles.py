"""Who may do what: roles, scopes, the caller, and the rule an endpoint declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Role(StrEnum):
    """What a person is in a course; `ADMIN` is a person's role everywhere."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an integration token may be used for, in the courses it names."""

    UNITS_READ = "units:read"
    PROGRESS_READ = "progress:read"
    RESPONSES_READ = "responses:read"
    CONTENT_WRITE = "content:write"


@dataclass(frozen=True)
class Principal:
    """The caller of one request: a person by a personal token, an integration, or nobody.

    `roles` maps course id → role for a person; `courses` and `scopes` are an integration's.
    """

    user_id: UUID | None = None
    token_id: UUID | None = None
    is_admin: bool = False
    roles: Mapping[int, Role] = field(default_factory=lambda: MappingProxyType({}))
    scopes: frozenset[Scope] = frozenset()
    courses: frozenset[int] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        """Nobody in particular: no token was sent."""
        return self.user_id is None and self.token_id is None

    @property
    def name(self) -> str:
        """A stable name for stored keys and the log: never a secret, never a person's name."""
        if self.user_id is not None:
            return f"user:{self.user_id}"
        return f"token:{self.token_id}" if self.token_id is not None else "anonymous"

    def role_in(self, course_id: int) -> Role | None:
        """The person's role in the course; an admin's is `ADMIN` everywhere."""
        return Role.ADMIN if self.is_admin else self.roles.get(course_id)


@dataclass(frozen=True)
class Allow:
    """The rule of one endpoint: these roles, or an integration with this scope, or any person, or anybody at all.

    `permits` answers without knowing the course (is there any course where the caller could?); an operation
    then asks `permits_in` for the course at hand.
    """

    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    person: bool = False
    anyone: bool = False

    @classmethod
    def to(cls, *roles: Role, scope: Scope | None = None) -> Allow:
        """People with one of these roles (admins must be named like everybody else), or a scope."""
        return cls(frozenset(roles), scope)

    def permits(self, caller: Principal) -> bool:
        """Could this caller be served at all, in some course?"""
        if self.anyone:
            return True
        if caller.user_id is not None:
            if self.person:
                return True
            held = set(caller.roles.values()) | ({Role.ADMIN} if caller.is_admin else set())
            return not self.roles.isdisjoint(held)
        return self.scope is not None and self.scope in caller.scopes

    def permits_in(self, caller: Principal, course_id: int) -> bool:
        """May this caller be served in this course?"""
        if caller.user_id is not None:
            return caller.role_in(course_id) in self.roles
        return self.scope is not None and self.scope in caller.scopes and course_id in caller.courses


ANYONE = Allow(anyone=True)
"""Whoever asks; what they see is decided object by object."""

ANY_PERSON = Allow(person=True)
"""Whoever has a personal token, in a course or in none."""
