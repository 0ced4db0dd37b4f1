"""Who may make whom what in a course: a table, so that nobody has to work it out."""

from __future__ import annotations

from service.domain.roles import Role

_STUDENT, _INSTRUCTOR = Role.STUDENT, Role.INSTRUCTOR

#            from         to          admin  instructor
_TABLE: dict[tuple[Role | None, Role | None], tuple[bool, bool]] = {
    (None,        _STUDENT):    (True,  True),
    (None,        _INSTRUCTOR): (True,  False),
    (_STUDENT,    _STUDENT):    (True,  True),
    (_STUDENT,    _INSTRUCTOR): (True,  False),
    (_STUDENT,    None):        (True,  True),
    (_INSTRUCTOR, _INSTRUCTOR): (True,  True),
    (_INSTRUCTOR, _STUDENT):    (True,  False),
    (_INSTRUCTOR, None):        (True,  False),
}  # fmt: skip

ONLY_STUDENTS = "An instructor enrols students and takes them out again; an admin sees to instructors."
"""What is said to somebody whom the table refuses."""


def may_change(who: Role | None, before: Role | None, after: Role | None) -> bool:
    """May somebody with this role in the course make a person there from the one into the other?

    None is a person with no part in the course. Whoever is neither instructor nor admin changes nothing.
    """
    admin, instructor = _TABLE[before, after]
    return {Role.ADMIN: admin, Role.INSTRUCTOR: instructor}.get(who, False) if who is not None else False
