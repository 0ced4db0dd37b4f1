"""The unit on transformers: its numbers come out of attention, masks and merges that are really carried out."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise, product
from math import exp, isqrt
from typing import Any

import pytest

from tests.seeded import by_number, judged, keys, questions, unit, variants

QUESTIONS = questions("transformers")

Vector = list[float]


def softmax(scores: Vector) -> Vector:
    """Straight from the definition, in floating point."""
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def attention(queries: list[Vector], known: list[Vector], values: list[Vector], *, causal: bool = False) -> Any:
    """The weights and the outputs of one head, token by token."""
    scale = len(known[0]) ** 0.5
    weights, outputs = [], []
    for at, query in enumerate(queries):
        scores = [sum(a * b for a, b in zip(query, key, strict=True)) / scale for key in known]
        if causal:
            scores = [score if place <= at else float("-inf") for place, score in enumerate(scores)]
        weights.append(softmax(scores))
        outputs.append(
            [sum(w * value[n] for w, value in zip(weights[-1], values, strict=True)) for n in range(len(values[0]))]
        )
    return weights, outputs


EMBEDDED: dict[str, Vector] = {
    "dog": [1.0, 0.3, -2.0, 0.5],
    "bites": [0.2, -1.1, 0.4, 0.9],
    "man": [-0.7, 0.8, 1.5, 0.1],
}


def test_the_score_is_the_scaled_dot_product() -> None:
    question = QUESTIONS["scaled-score"]
    for values in variants(question):
        a, b, c = (int(values[name]) for name in "abc")
        dot = sum(one * other for one, other in zip((a, 2, b, 1), (1, c, 2, 0), strict=True))
        assert by_number(question, values, dot / 4**0.5) == "right"
        assert by_number(question, values, dot) == "not-scaled"
        assert by_number(question, values, dot / 4) == "by-dimension"
        assert Fraction(values["dot"]) == dot, "the feedback says it"


def test_the_weights_are_a_softmax() -> None:
    question = QUESTIONS["softmax-weight"]
    assert len(list(variants(question))) == 6
    for values in variants(question):
        scores = [float(values["s_one"]), float(values["s_two"]), 0.0]
        assert by_number(question, values, softmax(scores)[0], 3) == "right"
        assert by_number(question, values, scores[0] / sum(scores)) == "no-exponential"
        assert by_number(question, values, softmax(scores[:2])[0]) == "third-forgotten"


def test_the_output_is_the_weighted_sum_of_values() -> None:
    question = QUESTIONS["mixed-value"]
    answers = {"0.5": "3.6", "0.6": "3.4", "0.7": "3.2"}
    for values in variants(question):
        weights = [Fraction(values["w_own"]), Fraction(values["w_next"]), Fraction(1, 10)]
        assert sum(weights) == 1
        assert max(weights) == weights[0], "the largest weight belongs to the value 2"
        mixed = sum(weight * value for weight, value in zip(weights, (2, 4, 10), strict=True))
        assert mixed == Fraction(answers[values["w_own"]])
        assert by_number(question, values, float(mixed)) == "right"
        assert by_number(question, values, 2) == "winner-takes-all"
        assert by_number(question, values, 16 / 3, 2) == "plain-mean"


def test_a_dot_product_of_many_coins_spreads_as_the_question_says() -> None:
    """Components of -1 and 1 have mean 0 and variance 1; of few of them all cases can be counted."""
    for size in (1, 2, 4):
        signs = list(product((-1, 1), repeat=2 * size))
        dots = [sum(a * b for a, b in zip(one[:size], one[size:], strict=True)) for one in signs]
        assert Fraction(sum(dot * dot for dot in dots), len(dots)) == size
    question = QUESTIONS["score-spread"]
    for values in variants(question):
        size = int(values["d_k"])
        assert by_number(question, values, isqrt(size)) == "right"
        assert isqrt(size) ** 2 == size
        assert by_number(question, values, size) == "variance"


def test_without_positions_the_order_of_words_makes_no_difference() -> None:
    outputs = {}
    for sentence in (["dog", "bites", "man"], ["man", "bites", "dog"]):
        vectors = [EMBEDDED[word] for word in sentence]
        _, found = attention(vectors, vectors, vectors)
        outputs[tuple(sentence)] = found[sentence.index("dog")]
    one, other = outputs.values()
    assert one == pytest.approx(other)
    assert judged(QUESTIONS["bag-of-words"], {}, {"value": True}).credit == 1
    assert judged(QUESTIONS["bag-of-words"], {}, {"value": False}).credit == 0


def test_the_mask_leaves_what_has_been_written() -> None:
    sentence = ["the", "ferry", "left", "without", "us"]
    vectors = [[float(len(word)), word.count("e") - 0.5] for word in sentence]
    weights, _ = attention(vectors, vectors, vectors, causal=True)
    seen = [word for word, weight in zip(sentence, weights[sentence.index("left")], strict=True) if weight > 0]
    question = QUESTIONS["who-is-seen"]
    by_word = keys(question)
    assert list(by_word) == sentence
    right = sorted(by_word[word] for word in seen)
    assert judged(question, {}, {"choices": right}).credit == 1
    assert judged(question, {}, {"choices": sorted([*right, by_word["without"]])}).credit == 0


def test_the_pairs_left_by_the_mask_are_counted() -> None:
    question = QUESTIONS["pairs-left"]
    for values in variants(question):
        n = int(values["n"])
        vectors = [[0.1 * at, 1.0] for at in range(n)]
        weights, _ = attention(vectors, vectors, vectors, causal=True)
        left = sum(weight > 0 for row in weights for weight in row)
        assert by_number(question, values, left, 0) == "right"
        assert by_number(question, values, n * n, 0) == "no-mask"
        assert by_number(question, values, left - n, 0) == "not-itself"


def test_the_heads_share_out_the_width() -> None:
    question = QUESTIONS["head-width"]
    for values in variants(question):
        width, heads = int(values["d_model"]), int(values["h"])
        share = len(range(0, width, heads))
        assert share * heads == width
        assert by_number(question, values, share, 0) == "right"
        assert by_number(question, values, width, 0) == "full-width"


def test_the_cache_is_counted_vector_by_vector() -> None:
    question = QUESTIONS["cache-size"]
    assert len(list(variants(question))) == 12
    for values in variants(question):
        layers, tokens, width = (int(values[name]) for name in ("layers", "tokens", "width"))
        kept = sum(width for _ in range(layers) for _ in range(tokens) for _ in ("key", "value"))
        assert by_number(question, values, kept, 0) == "right"
        assert by_number(question, values, kept // 2, 0) == "keys-only"
        assert by_number(question, values, kept * tokens, 0) == "every-pair"


def test_byte_pairs_are_merged_as_the_question_says() -> None:
    (letters,) = unit("transformers").stimuli
    rows = [line.strip("| ").split(" | ") for line in letters.text.splitlines() if line.startswith("| ")][1:]
    corpus = {tuple(word.split()): int(times) for word, times in rows}
    merges = []
    for _ in range(2):
        counts = Counter[tuple[str, str]]()
        for word, times in corpus.items():
            for pair in pairwise(word):
                counts[pair] += times
        (best, most), (_, second) = counts.most_common(2)
        assert most > second, "no tie"
        merges.append(("".join(best), most, counts))
        corpus = {merged(word, best): times for word, times in corpus.items()}
    assert [(symbol, most) for symbol, most, _ in merges] == [("ea", 20), ("eat", 11)]
    assert merges[1][2][("s", "ea")] == 9
    assert ("a", "t") not in merges[1][2]
    question = QUESTIONS["second-merge"]
    for text, credit in {"eat": 1, "ea + t": 1, "EA+T": 1, "ea t": 1, "ea": 0, "sea": 0, "at": 0, "tea": 0}.items():
        assert judged(question, {}, {"text": text}).credit == credit, text


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """The word with every such pair of neighbours joined, from the left."""
    joined: list[str] = []
    for symbol in word:
        if joined and (joined[-1], symbol) == pair:
            joined[-1] += symbol
        else:
            joined.append(symbol)
    return tuple(joined)


@pytest.mark.parametrize(
    ("key", "response", "credit"),
    [
        ("why-scale", {"choice": "gradients"}, 1),
        ("why-scale", {"choice": "order"}, 0),
        ("positions-true", {"choices": ["added-below", "wavelengths"]}, 1),
        ("positions-true", {"choices": ["added-below", "learned-wins"]}, 0),
        ("fill-attention", {"gaps": {"heads": {"text": "Heads"}, "nought": {"text": "0.0"}}}, Fraction(2, 3)),
        ("explain-your-input", {"text": "A token is a patch."}, 1),
    ],
)
def test_questions_without_numbers_have_the_key_they_should(
    key: str, response: dict[str, Any], credit: Fraction
) -> None:
    assert judged(QUESTIONS[key], {}, response).credit == credit


def test_the_steps_of_a_head_are_in_the_order_in_which_they_need_each_other() -> None:
    order = [step["text"]["markdown"] for step in QUESTIONS["one-head"].revision["steps"]]
    by_key = {step["key"]: step["text"]["markdown"] for step in QUESTIONS["one-head"].revision["steps"]}
    right = [by_key[key] for key in QUESTIONS["one-head"].answer_key["order"]]
    told = ["learned matrices", "dot product", "sqrt", "minus infinity", "softmax", "values, each times"]
    assert sorted(order) == sorted(right)
    assert all(part in step for part, step in zip(told, right, strict=True))
