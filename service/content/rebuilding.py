"""Working out once more what is kept of published units for progress: an upgrade may need more of it than was kept."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.content.documents import load_document
from service.content.models import (
    Course,
    Keyed,
    Objective,
    Question,
    Quiz,
    Reading,
    ReadingGroup,
    Rendering,
    Unit,
    UnitVersion,
)
from service.content.outlines import progress_outline
from service.content.publishing import course_of
from service.content.views import Ids
from service.domain.documents import UnitDocument
from service.domain.outline import outline


def rebuild_outlines(session: Session) -> Iterator[str]:
    """Write the outline of every published unit again, from its document; tells of each unit by its key."""
    published = (
        select(Unit, UnitVersion.document, Rendering)
        .join(UnitVersion, UnitVersion.id == Unit.published_version_id)
        .join(Rendering, Rendering.version_id == UnitVersion.id)
    )
    for course in session.scalars(select(Course)).all():
        _, shared = course_of(course.document)
        for unit, stored, rendering in session.execute(published.where(Unit.course_id == course.id)).all():
            document = load_document(UnitDocument, stored)
            rendering.outline = progress_outline(
                document, outline(document, shared), _ids(session, unit.id), _quizzes(session, unit.id)
            )
            yield unit.key
    session.flush()


def _ids(session: Session, unit_id: int) -> Ids:
    def of(model: type[Keyed]) -> dict[str, UUID]:
        found = session.execute(select(model.key, model.id).where(model.unit_id == unit_id))
        return {row.key: row.id for row in found}

    return Ids(
        objectives=of(Objective),
        readings=of(Reading),
        groups=of(ReadingGroup),
        questions=of(Question),
        quizzes=of(Quiz),
    )


def _quizzes(session: Session, unit_id: int) -> list[dict[str, object]]:
    found = select(Quiz).where(Quiz.unit_id == unit_id, Quiz.archived_at.is_(None)).order_by(Quiz.position)
    return [
        {"id": quiz.id, "title": quiz.title, "kind": quiz.kind, "status": quiz.status, "settings": quiz.settings}
        for quiz in session.scalars(found)
    ]
