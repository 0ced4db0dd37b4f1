"""What an author writes of a course, entity by entity; the model and its words: `content.md`.

Beside the conventions of `domain/fields.py`: a union of documents is told apart by `kind`, or by the name that a
member declares in `WRAPPED: ClassVar[str]` and is written under (`- choose: {…}`); the one member without it is
written as it is.
"""

from __future__ import annotations

from service.domain.documents.course import CourseDocument, ResourcesDocument
from service.domain.documents.quiz import Draw, Quiz, Shuffle, Where
from service.domain.documents.readings import Bundle, ChoiceGroup, Item, Locator, Note, Reading, Section, Task
from service.domain.documents.resources import Link, Resource
from service.domain.documents.unit import Material, Meeting, Objective, Term, UnitDocument, UnitHead
from service.domain.documents.words import Ignored, Importance, ImportSource, Level, Status, Verb
from service.domain.kinds import QuestionDocument
from service.domain.kinds.question import Stimulus

__all__ = [
    "Bundle",
    "ChoiceGroup",
    "CourseDocument",
    "Draw",
    "Ignored",
    "ImportSource",
    "Importance",
    "Item",
    "Level",
    "Link",
    "Locator",
    "Material",
    "Meeting",
    "Note",
    "Objective",
    "QuestionDocument",
    "Quiz",
    "Reading",
    "Resource",
    "ResourcesDocument",
    "Section",
    "Shuffle",
    "Status",
    "Stimulus",
    "Task",
    "Term",
    "UnitDocument",
    "UnitHead",
    "Verb",
    "Where",
]
