"""The kinds of question there are. A new kind is its own module and one line here; nothing else lists them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from service.domain.kinds.cloze import Cloze as Cloze
from service.domain.kinds.kind import Kind
from service.domain.kinds.matching import Matching as Matching
from service.domain.kinds.multiple_choice import MultipleChoice as MultipleChoice
from service.domain.kinds.numeric import Numeric as Numeric
from service.domain.kinds.open_answer import Open as Open
from service.domain.kinds.ordering import Ordering as Ordering
from service.domain.kinds.question import Question
from service.domain.kinds.short_text import ShortText as ShortText
from service.domain.kinds.single_choice import SingleChoice as SingleChoice
from service.domain.kinds.true_false import TrueFalse as TrueFalse

KINDS: Mapping[str, Kind] = {kind.name: kind() for kind in sorted(Kind.__subclasses__(), key=lambda kind: kind.name)}
"""Every kind imported above, by the name authors write."""

DOCUMENTS: Mapping[str, type[Question]] = {name: kind.document for name, kind in KINDS.items()}
"""What an author writes of each kind."""

if TYPE_CHECKING:
    QuestionDocument = Question
else:
    QuestionDocument: Any = reduce(or_, DOCUMENTS.values())
    """Any kind's document: a union that schemas tell apart by `kind`."""
