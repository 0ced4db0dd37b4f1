"""Questions in GIFT, one of every form, and what each says."""

from __future__ import annotations

from typing import Any

CHOICES = [{"text": "a", "correct": True}, {"text": "b"}]

KINDS: dict[str, dict[str, Any]] = {
    "q {}": {"kind": "open", "stem": "q"},
    "q {####Said to all.}": {"kind": "open", "stem": "q", "feedback": {"general": "Said to all."}},
    "q {T}": {"kind": "true_false", "stem": "q", "answer": True},
    "q{ FALSE }": {"kind": "true_false", "stem": "q", "answer": False},
    "q {T#No.#Yes.####All.}": {
        "kind": "true_false",
        "stem": "q",
        "answer": True,
        "feedback": {"general": "All.", "if_true": "Yes.", "if_false": "No."},
    },
    "q {F#Wrong.}": {"kind": "true_false", "stem": "q", "answer": False, "feedback": {"if_true": "Wrong."}},
    "q {=a ~b}": {"kind": "single_choice", "stem": "q", "choices": CHOICES},
    "q {=a#Yes, a. ~b#No. # Really.}": {
        "kind": "single_choice",
        "stem": "q",
        "choices": [
            {"text": "a", "correct": True, "feedback": "Yes, a."},
            {"text": "b", "feedback": "No. # Really."},
        ],
    },
    "q {=a ~%50%b ~c}": {
        "kind": "single_choice",
        "stem": "q",
        "choices": [{"text": "a", "correct": True}, {"text": "b", "credit": "0.5"}, {"text": "c"}],
    },
    "q {~%50%a ~%50%b ~%-100%c ~d}": {
        "kind": "multiple_choice",
        "stem": "q",
        "scoring": "weights",
        "choices": [
            {"text": "a", "correct": True, "credit": "0.5"},
            {"text": "b", "correct": True, "credit": "0.5"},
            {"text": "c", "credit": "-1"},
            {"text": "d"},
        ],
    },
    "q {~%33.33333%a ~%33.33333%b ~%33.33333%c}": {
        "kind": "multiple_choice",
        "stem": "q",
        "scoring": "weights",
        "choices": [{"text": text, "correct": True, "credit": "0.3333333"} for text in "abc"],
    },
    "q {=Paris}": {"kind": "short_text", "stem": "q", "accept": [{"text": "Paris"}]},
    "q {=Paris =%50%par*#Nearly. =a\\*b}": {
        "kind": "short_text",
        "stem": "q",
        "accept": [
            {"text": "Paris"},
            {"wildcard": "par*", "credit": "0.5", "feedback": "Nearly."},
            {"text": "a*b"},
        ],
    },
    "q {=Paris =%0%*#Look at a map.}": {
        "kind": "short_text",
        "stem": "q",
        "accept": [{"text": "Paris"}],
        "feedback": {"incorrect": "Look at a map."},
    },
    "q {=a -> 1 =b -> 2 = -> 3}": {
        "kind": "matching",
        "stem": "q",
        "pairs": [{"left": "a", "right": "1"}, {"left": "b", "right": "2"}],
        "distractors": ["3"],
    },
    "q {#3}": {"kind": "numeric", "stem": "q", "answer": {"value": "3", "tolerance": {"exact": True}}},
    "q {#3.14:0.005}": {"kind": "numeric", "stem": "q", "answer": {"value": "3.14", "tolerance": {"abs": "0.005"}}},
    "q {#-1e-3..2.5}": {
        "kind": "numeric",
        "stem": "q",
        "answer": {"range": {"from": {"value": "-1e-3"}, "to": {"value": "2.5"}}},
    },
    "q {#=1822:0#Right. =%50%1822:2#Close. ~#Look again.}": {
        "kind": "numeric",
        "stem": "q",
        "answer": {"value": "1822", "tolerance": {"abs": "0"}},
        "accept": [
            {"value": "1822", "tolerance": {"abs": "2"}, "credit": "0.5", "feedback": "Close."},
        ],
        "feedback": {"correct": "Right.", "incorrect": "Look again."},
    },
    "Two and {=two =2} make four.": {
        "kind": "short_text",
        "stem": "Two and _____ make four.",
        "accept": [{"text": "two"}, {"text": "2"}],
    },
    "q {=a ~b}.": {"kind": "single_choice", "stem": "q _____.", "choices": CHOICES},
    "Paris: {1:MC:=a~b#no} and {:SA:=c~%50%d} and {2:NM:=3:0.1}": {
        "kind": "cloze",
        "stem": "Paris: [[gap_1]] and [[gap_2]] and [[gap_3]]",
        "parts": {
            "gap_1": {
                "kind": "single_choice",
                "choices": [{"text": "a", "correct": True}, {"text": "b", "feedback": "no"}],
                "shuffle": False,
            },
            "gap_2": {"kind": "short_text", "accept": [{"text": "c"}, {"text": "d", "credit": "0.5"}]},
            "gap_3": {"kind": "numeric", "answer": {"value": "3", "tolerance": {"abs": "0.1"}}, "weight": "2"},
        },
    },
}
