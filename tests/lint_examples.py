"""A unit with nothing to mend, and for each rule of the linter what breaks it and where."""

from __future__ import annotations

import re

COURSE = "format: hornbook/course@1\nkey: bread\ntitle: Bread\nstarts: 2026-03-02\nends: 2026-05-29\n"

CLEAN = """\
format: hornbook/unit@1
unit:
  key: yeast
  title: Yeast
  position: 1
  starts: 2026-03-02
  ends: 2026-03-06
  status: published
  summary: What makes dough rise.
objectives:
  - {key: explain-rising, text: Explain why dough rises.}
resources:
  book: {kind: book, title: The Bread Book, authors: [A. Baker], publisher: Oven Press}
  page: {kind: article, title: On Yeast, url: "https://bread.example/yeast"}
sections:
  - key: before
    title: Before class
    objectives: [explain-rising]
    items:
      - {key: on-yeast, read: page, minutes: 20}
      - {key: chapter, read: book, minutes: 30, due: 2026-03-04}
      - choose:
          key: rye-or-wheat
          prompt: Choose one.
          objectives: [explain-rising]
          options:
            - {key: rye, read: "https://bread.example/rye", minutes: 10}
            - {key: wheat, read: "https://bread.example/wheat", minutes: 10}
      - note: |
          See [the notes on dough](https://bread.example/dough).
          - first
meetings:
  - {key: monday, date: 2026-03-02, title: Kneading}
questions:
  - key: gas
    kind: single_choice
    stem: Which gas does yeast give off?
    objectives: [explain-rising]
    answers_from: [on-yeast]
    choices:
      - {text: Carbon dioxide, correct: true}
      - {text: Oxygen from the air, feedback: It uses that.}
      - {text: None of these, anchor: last, feedback: It does.}
  - key: how-warm
    kind: numeric
    stem: How many degrees suit it best?
    objectives: [explain-rising]
    answers_from: [on-yeast]
    answer: {value: 32.5, tolerance: {abs: 3}}
  - key: food
    kind: short_text
    stem: What does yeast live on?
    objectives: [explain-rising]
    answers_from: [on-yeast]
    accept: [sugar, sugars]
  - key: alive
    kind: true_false
    stem: Yeast is alive.
    answer: true
    objectives: [explain-rising]
    answers_from: [on-yeast]
quizzes:
  - key: check
    title: Check
    questions: [gas, how-warm, food, alive]
"""

FOUR = "".join(
    f"  - {{key: more-{n}, kind: single_choice, stem: Which is number {n}?, shuffle: false, "
    f"objectives: [explain-rising], answers_from: [on-yeast], "
    f"feedback: {{incorrect: No.}}, choices: [{{text: %s, correct: true}}, two, three]}}\n"
    for n in range(4)
)
ASKED_ONCE = "questions: [gas, how-warm, food, alive]"
ASKED = "    questions: [more-0, more-1, more-2, more-3, gas, how-warm, food, alive]"

PAGE_URL = 'url: "https://bread.example/yeast"'
NOTE = "[the notes on dough](https://bread.example/dough)"
GAS = "Which gas does yeast give off?"
WARM = "{value: 32.5, tolerance: {abs: 3}}"
OPTIONS = CLEAN[CLEAN.index("options:") : CLEAN.index("\n      - note")]
CHOICES = CLEAN[CLEAN.index("{text: Carbon") : CLEAN.index("\n  - key: how-warm")]
NESTED_LIST = "- first\n              - second\n\n          [dough](http://bread.example/)"
MEETINGS = "title: K}\n  - {key: b, date: 2026-03-05, title: B}\n  - {key: c, date: 2026-03-03, title: C}"
HALVES = "{expr: n / 2, tolerance: exact}\n    parameters: {n: {one_of: [4, 5]}}"
ALMOST_NONE = "{expr: n / 9000, tolerance: {rel: 0.1}}\n    parameters: {n: {one_of: [7000, 8]}}"
FAILING = "{expr: 6 / n, tolerance: exact}\n    parameters: {n: {one_of: [0, 2]}}"
WITH_MISTAKE = """\
{expr: n * 2, tolerance: exact}
    parameters: {n: {one_of: [2, 3]}}
    mistakes:
      - {answer: {expr: n + 2, tolerance: exact}, feedback: That is a sum.}"""
TIED = """\
'{{ n }}'
      - '{{ m }}'
    correct: {expr: n}
    parameters: {n: {one_of: [1, 2]}, m: {expr: 4 - n}}
    feedback: {incorrect: No.}"""
HANGING = """\
{expr: "sum(top_k([n, 2, 0], 1))", tolerance: exact}
    parameters: {n: {one_of: [1, 2]}}"""
GAS_AGAIN = """\
  - key: gas-again
    kind: single_choice
    stem: which gas does  yeast give off
    objectives: [explain-rising]
    answers_from: [on-yeast]
    feedback: {incorrect: No.}
    choices: [{text: carbon dioxide, correct: true}, Oxygen from the air, None of these]
  - key: how-warm"""

WHEAT = '- {key: wheat, read: "https://bread.example/wheat", minutes: 10}'

BROKEN: list[tuple[str, str, str, str]] = [
    # The rule, what stood there, what stands there now, and how the line begins at which it is found.
    ("link-malformed", "(https://bread.example/dough)", "([dough.pdf](https://bread.example/dough))", "          See"),
    ("link-malformed", "(https://bread.example/dough)", "(https://bread.example/dough", "          See"),
    ("link-malformed", "(https://bread.example/dough)", " (https://bread.example/dough)", "          See"),
    ("link-malformed", NOTE, "(the notes)[https://bread.example/dough]", "          See"),
    ("link-malformed", "(https://bread.example/dough)", "()", "          See"),
    ("link-malformed", "(https://bread.example/dough)", "(https://bread.example/my dough.pdf)", "          See"),
    ("link-malformed", NOTE, "[[notes](https://bread.example/dough)](x)", "          See"),
    ("link-text", NOTE, "<https://bread.example/dough>", "          See"),
    ("link-duplicate", "https://bread.example/wheat", "https://bread.example/rye", "            - {key: wheat"),
    ("link-duplicate", "- first", "- [again](https://bread.example/dough)", "          - [again]"),
    ("link-duplicate", PAGE_URL, f'{PAGE_URL}, links: [{{{PAGE_URL}}}]', "  page:"),
    ("link-http", "- first", NESTED_LIST, "          [dough]"),
    ("link-duplicate", "publisher: Oven Press}", 'url: "https://www.bread.example/yeast/"}', "  page:"),
    ("link-text", "the notes on dough", "here", "          See"),
    ("link-text", "the notes on dough", "https://bread.example/dough", "          See"),
    ("link-http", '"https://bread.example/yeast"', '"http://bread.example/yeast"', "  page:"),
    ("link-internal", "(https://bread.example/dough)", "(../dough/)", "          See"),
    ("link-swallowed", "- first", "- first\n          [second](https://bread.example/2)", "          [second]"),
    ("link-tracking", "bread.example/yeast", "bread.example/yeast?utm_source=mail", "  page:"),
    ("placeholder", "What makes dough rise.", "TODO", "  summary:"),
    ("placeholder", "- first", "- first, then tbd", "          - first"),
    ("objectives-none", "x", "x", "unit:"),
    ("meeting-empty", ", title: Kneading", "", "  - {key: monday"),
    ("date-order", "date: 2026-03-02", "date: 2026-04-02", "  - {key: monday"),
    ("date-order", "due: 2026-03-04", "due: 2026-03-01", "      - {key: chapter"),
    ("date-order", "  ends: 2026-03-06", "  ends: 2026-06-06", "  ends:"),
    ("date-order", "title: Kneading}", MEETINGS, "  - {key: c"),
    ("unit-order", "x", "x", "  starts:"),
    ("text-hidden", "What makes dough rise.", "What makes dough rise. <!-- gas -->", "  summary:"),
    ("shortcode-unknown", "What makes dough rise.", '"{{< youtube abc >}}"', "  summary:"),
    ("reading-uncited", "authors: [A. Baker], publisher: Oven Press", "year: 1999", "      - {key: chapter"),
    ("group-single", f"            {WHEAT}\n", "", "      - choose"),
    ("reading-estimate", "book, minutes: 30", "book", "      - {key: chapter"),
    ("reading-unreferenced", "    objectives: [explain-rising]\n    items", "    items", "      - {key: chapter"),
    ("objective-question", "objectives:\n  -", "objectives:\n  - {key: bake, text: Bake.}\n  -", "  - {key: bake"),
    ("objective-reading", "x", "x", "  - {key: explain-rising"),
    ("objective-vague", "Explain why dough rises.", "Understand why dough rises.", "  - {key: explain-rising"),
    ("choice-feedback", "Oxygen from the air, feedback: It uses that.", "Oxygen from the air", "      - {text: Oxygen"),
    ("question-duplicate", "How many degrees suit it best?", "What does yeast live on?", "    stem: What does yeast"),
    ("choice-feedback", CHOICES, "Carbon dioxide\n      - Oxygen\n    correct: Carbon dioxide", "      - Oxygen"),
    ("choice-feedback", CHOICES, '"1"\n      - "2"\n    correct: {expr: 1 + 1}', "  - key: gas"),
    ("question-duplicate", "  - key: how-warm", GAS_AGAIN, "    stem: which gas"),
    ("choice-duplicate", "Oxygen from the air,", "carbon  dioxide.,", "      - {text: carbon"),
    ("choice-above", "None of these, anchor: last", "None of the above", "      - {text: None"),
    ("stem-negative", GAS, "Which gas does yeast not give off?", "    stem: Which gas"),
    ("stem-negative", "Yeast is alive.", "Yeast is not alive.", "    stem: Yeast is"),
    ("question-reading", "    answers_from: [on-yeast]\n    accept", "    accept", "  - key: food"),
    ("question-objective", "    answer: true\n    objectives: [explain-rising]", "    answer: true", "  - key: alive"),
    ("tolerance-none", "tolerance: {abs: 3}", "tolerance: exact", "    answer: {value: 32.5"),
    ("tolerance-none", WARM, f"{WARM}\n    accept: [{{value: 0.5, tolerance: exact}}]", "    accept: [{value"),
    ("tolerance-none", WARM, HALVES, "    answer: {expr"),
    ("tolerance-near-zero", WARM, ALMOST_NONE, "    answer: {expr"),
    ("tolerance-near-zero", "32.5, tolerance: {abs: 3}", "0.0005, tolerance: {rel: 0.1}", "    answer: {value"),
    ("accepts-anything", "tolerance: {abs: 3}", "tolerance: {rel: 2}", "    answer: {value: 32.5"),
    ("accepts-anything", WARM, "{range: {from: -1000000, to: 1000000}}", "    answer: {range"),
    ("accepts-anything", "tolerance: {abs: 3}", "tolerance: {abs: 5000}", "    answer: {value: 32.5"),
    ("accepts-any-word", "[sugar, sugars]", r"[sugar, {re: '\w+'}]", "    accept:"),
    ("accepts-any-word", "[sugar, sugars]", "[{re: '[0-9]+'}]", "    accept:"),
    ("key-in-stem", GAS, "Yeast gives off *carbon dioxide*. Which gas?", "      - {text: Carbon"),
    ("key-in-stem", "What does yeast live on?", "What sugar does yeast live on?", "    accept:"),
    ("quiz-objective", "x", "x", "  - {key: explain-rising"),
    ("choice-letter", "x", "x", "      - {text: a) Carbon"),
    ("choice-longest", "quizzes:", FOUR % (("a long answer indeed",) * 4) + "quizzes:", "  - key: check"),
    ("choice-first", "quizzes:", FOUR % (("one",) * 4) + "quizzes:", "  - key: check"),
    ("choice-letter", "x2", "x", "      - {text: a) Carbon"),
    ("position-shared", "x", "x", "  position:"),
    ("ignore-unknown", "x", "x", "  - {ignore: link-htp"),
    ("ignore-unused", "x", "x", "  - {ignore: link-http"),
    ("not-loaded", "  title: Yeast", "  titel: Yeast", "  titel:"),
]  # fmt: skip

REFUSED: list[tuple[str, str, str, str]] = [
    # What stood there, what stands there now, how the line begins at which it is refused, and what is said.
    ("prompt: Choose one.", "prompt: Choose three.\n          min: 3", "          min: 3", "only 2 options"),
    (OPTIONS, "options: []", "          options:", "nothing to choose from"),
    (f"            {WHEAT}\n", "            - {key: wheat, items: []}\n", "            - {key: wheat", "is empty"),
    ("read: page, minutes: 20", "read: page, extension_of: on-yeast", "      - {key: on-yeast", "extends itself"),
    ("read: page, minutes: 20", "read: page, extension_of: other", "      - {key: on-yeast", "no reading “other”"),
    ("Carbon dioxide, correct: true", "Carbon dioxide", "    choices:", "none is marked"),
    ("[sugar, sugars]", "[{re: 'x*'}, sugar]", "    accept", "matches an empty answer"),
    ("[sugar, sugars]", "[{re: '.*'}, sugar]", "    accept", "accepts any answer"),
    ("[sugar, sugars]", r"['sugar', {re: '(\w)\1'}]", "    accept", "back-references are not understood"),
    (WARM, "{value: 0, tolerance: {rel: 0.1}}", "    answer", "leave no room"),
    (WARM, FAILING, "  - key: how-warm", "divides by zero. (column 1) (variant n = 0)"),
    (WARM, WITH_MISTAKE, "      - {answer: {expr: n + 2", "accepted as right"),
    (WARM, HANGING, "  - key: how-warm", "hangs on a tie"),
    (CHOICES, TIED, "      - '{{ m }}'", "make them differ. (variant n = 2)"),
    (ASKED_ONCE, "draw: [{take: 9, where: {kind: numeric}}]", "    draw", "only one question fits"),
]  # fmt: skip

FINE: list[tuple[str, str]] = [
    # What stood there, and what looks like something to mend and is not.
    ("- first", "- first\n          - `[here](http://x.example)` and `` TODO ` ``"),
    ("- first", "- first\n\n          ```\n          # TODO <!-- x -->\n          [a](b c.d)\n          ```"),
    ("- first", "- first\n\n          Then\n\n              [here](http://x.example) TODO"),
    ("What makes dough rise.", "The gas is $f[i](x)$ and $$g[j](y)$$, says the [book](https://bread.example/a_(b))."),
    ("What makes dough rise.", r'"A \\[bracket](is none of a link."'),
    ("What makes dough rise.", "It todo's not; see [yeast](#yeast) and [1], [2] (both)."),
    ("What makes dough rise.", """'A [title](https://bread.example/ "here (it is)") is none.'"""),
    ("https://bread.example/wheat", "https://bread.example/rye#wheat"),
    ("Oxygen from the air, feedback", "Oxygen (not carbon dioxide), feedback"),
    ("{text: Oxygen from the air,", "{text: a) Oxygen,"),
    (CHOICES, "'`True`'\n      - '`true`'\n    correct: '`True`'\n    feedback: {incorrect: Case matters.}"),
    (GAS, "Which gas does yeast **not** give off, and never oxygen?"),
    (WARM, "{value: 32, tolerance: exact}"),
    ("[sugar, sugars]", "[{re: '[a-z]+'}]\n    reject: [{re: 'k.*'}]"),
    ("[sugar, sugars]", r"[{re: 'sugars?'}, {wildcard: 'sugar*'}, {re: '4\d+'}]"),
    ("- first", "- [first](https://bread.example/dough#first), `[again](https://bread.example/dough)`"),
    (WARM, "{value: 0, tolerance: {abs: 90}}"),
    (WARM, "{range: {from: 20, to: 400}}"),
    (WARM, "{expr: n / 2, tolerance: exact}\n    parameters: {n: {one_of: [4, 6]}}"),
    ("title: Kneading}", "title: K}\n  - {key: b, day: tuesday, title: B}\n  - {key: c, date: 2026-03-03, title: C}"),
]  # fmt: skip


OTHERS = {
    "position-shared": CLEAN.replace("key: yeast", "key: salt"),
    "unit-order": CLEAN.replace("key: yeast", "key: salt")
    .replace("position: 1", "position: 0")
    .replace("-03-", "-04-"),
}
"""What another unit of the course has to say so that the rule finds something."""


def damaged(code: str, old: str, new: str) -> str:
    """The clean unit, changed so that the rule finds something; some need more than one change."""
    if code == "objectives-none":
        return re.sub(r"objectives:\n.*\n", "", re.sub(r" +objectives: .*\n", "", CLEAN))
    if code == "objective-reading":
        return re.sub(r" +objectives: \[explain-rising\]\n( +)(items|options)", r"\1\2", CLEAN)
    if code == "quiz-objective":
        return CLEAN[
            : CLEAN.index("quizzes:")
        ] + "quizzes:\n  - {key: check, title: Check, questions: [other]}\n".replace(
            "quizzes:",
            "  - {key: other, kind: open, stem: Write., answers_from: [on-yeast], objectives: [two]}\nquizzes:",
        )
    if code == "choice-letter":
        said = CLEAN.replace("text: Carbon", "text: a) Carbon").replace("text: Oxygen", "text: b) Oxygen")
        return said if old == "x2" else said.replace("text: None of these, anchor: last", "text: c) Steam")
    if code.startswith("ignore-"):
        rule = "link-htp" if code == "ignore-unknown" else "link-http"
        return f"{CLEAN}lint:\n  - {{ignore: {rule}, because: it was so}}\n"
    if code.startswith("choice-") and new.startswith("  - {key: more-0"):
        return CLEAN.replace(old, new).replace("    questions: [gas, how-warm, food, alive]", ASKED)
    if code in OTHERS:
        return CLEAN
    assert CLEAN.count(old) == 1, f"{old} is there {CLEAN.count(old)} times"
    return CLEAN.replace(old, new)
