"""What can be done with quizzes: look, start, answer, finish. Each module is one part of an attempt's life."""

from service.quizzes.operations.answer import check_answer, save_answer, save_answers
from service.quizzes.operations.assessing import assess_answer
from service.quizzes.operations.finish import get_result, submit_attempt
from service.quizzes.operations.hinting import take_hint
from service.quizzes.operations.look import get_attempt, get_quiz, list_quizzes
from service.quizzes.operations.notices import list_notices
from service.quizzes.operations.proving import get_proof
from service.quizzes.operations.receipts import list_receipts
from service.quizzes.operations.reviewing import mark_easy
from service.quizzes.operations.start import start_attempt
from service.quizzes.operations.variants import ask_for_variant

__all__ = [
    "ask_for_variant",
    "assess_answer",
    "check_answer",
    "get_attempt",
    "get_proof",
    "get_quiz",
    "get_result",
    "list_notices",
    "list_quizzes",
    "list_receipts",
    "mark_easy",
    "save_answer",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "take_hint",
]
