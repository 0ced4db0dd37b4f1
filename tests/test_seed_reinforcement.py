"""The unit on reinforcement learning: its numbers come out of episodes, tables and levers that are really worked."""

from __future__ import annotations

from fractions import Fraction
from math import e, log, sqrt
from typing import Any

import pytest

from tests.seeded import by_number, judged, keys, questions, unit, variants

QUESTIONS = questions("reinforcement-learning")


def discounted(rewards: list[Fraction], g: Fraction) -> Fraction:
    """The return by its recursion, from the last reward backwards."""
    total = Fraction(0)
    for reward in reversed(rewards):
        total = reward + g * total
    return total


def test_returns_are_worked_out_backwards() -> None:
    question = QUESTIONS["discounted-return"]
    assert len(list(variants(question))) == 12
    for values in variants(question):
        first, last, g = (Fraction(values[name]) for name in ("first", "last", "g"))
        rewards = [first, Fraction(0), last]
        assert by_number(question, values, float(discounted(rewards, g))) == "right"
        assert by_number(question, values, float(sum(rewards))) == "undiscounted"
        assert by_number(question, values, float(discounted([first, last], g))) == "once-only"
        assert by_number(question, values, float(discounted([Fraction(0), *rewards], g))) == "all-of-it"


def test_a_reward_for_ever_is_where_long_runs_lead() -> None:
    question = QUESTIONS["reward-for-ever"]
    for values in variants(question):
        g = Fraction(values["g"])
        long_run = discounted([Fraction(1)] * 400, g)
        assert by_number(question, values, float(long_run)) == "right"
        assert by_number(question, values, float(g * long_run)) == "first-discounted"


def test_the_backup_takes_the_better_of_two_actions() -> None:
    question = QUESTIONS["best-backup"]
    g = Fraction(9, 10)
    seen = set()
    for values in variants(question):
        calm, p = Fraction(values["calm"]), Fraction(values["p"])
        # action -> its possible outcomes: (probability, reward, value of the next state)
        outcomes = {
            "walk": [(Fraction(1), Fraction(1), calm)],
            "jump": [(p, Fraction(0), Fraction(10)), (1 - p, Fraction(0), Fraction(0))],
        }
        worth = {action: sum(q * (r + g * v) for q, r, v in found) for action, found in outcomes.items()}
        best = max(worth, key=lambda action: worth[action])
        seen.add(best)
        assert {name: Fraction(values[name]) for name in worth} == worth, "the feedback says both"
        assert by_number(question, values, float(worth[best])) == "right"
        assert by_number(question, values, float(min(worth.values()))) == "worse-action"
        assert by_number(question, values, float(sum(worth.values()) / 2)) == "coin-toss"
    assert seen == {"walk", "jump"}, "which action is better depends on the variant"


def test_a_step_of_q_learning_updates_one_cell_of_a_table() -> None:
    question = QUESTIONS["one-q-update"]
    for values in variants(question):
        q, r, alpha, best = (Fraction(values[name]) for name in ("q", "r", "alpha", "best"))
        g = Fraction(9, 10)
        table = {("here", "taken"): q, ("there", "one"): Fraction(2), ("there", "other"): best}
        target = r + g * max(value for (state, _), value in table.items() if state == "there")
        table["here", "taken"] = (1 - alpha) * table["here", "taken"] + alpha * target
        assert by_number(question, values, float(table["here", "taken"])) == "right"
        assert by_number(question, values, float(target)) == "all-the-way"
        assert by_number(question, values, float((1 - alpha) * q + alpha * (r + g * 2))) == "other-action"
        assert by_number(question, values, float((1 - alpha) * q + alpha * (r + best))) == "not-discounted"


def test_the_greedy_action_is_counted_among_all_draws() -> None:
    """A hundred steps, of which ε explore; each exploring step is shared out among all actions alike."""
    question = QUESTIONS["greedy-chance"]
    for values in variants(question):
        k, eps = int(values["k"]), Fraction(values["eps"])
        chances = dict.fromkeys(range(k), eps / k)
        chances[0] += 1 - eps
        assert sum(chances.values()) == 1
        assert by_number(question, values, float(chances[0]), 3) == "right"
        assert by_number(question, values, float(chances[1]), 3) == "any-other"
        assert by_number(question, values, float(1 - eps), 3) == "exploiting-only"


def test_each_lever_has_the_highest_bound_for_some_c() -> None:
    (levers,) = unit("reinforcement-learning").stimuli
    rows = [line.strip("| ").split(" | ") for line in levers.text.splitlines() if line.startswith("| ")][1:]
    data = levers.data
    assert rows == [list(row) for row in zip(data["levers"], data["pulls"], data["means"], strict=True)]
    assert sum(map(int, data["pulls"])) == 62
    assert f"{log(62):.2f}" == "4.13"
    question = QUESTIONS["upper-bound"]
    chosen = {}
    for values in variants(question):
        bounds = {name: float(m) + float(values["c"]) * sqrt(log(62) / int(n)) for name, n, m in rows}
        best = max(bounds, key=lambda name: bounds[name])
        chosen[values["c"]] = best
        ranked = sorted(bounds.values())
        assert ranked[-1] - ranked[-2] > 0.01, "no near tie"
        for shown, key in keys(question).items():
            assert judged(question, values, {"choice": key}).credit == (1 if shown == best else 0)
            assert float(Fraction(values[f"bound_{shown}"])) == pytest.approx(bounds[shown])
    assert chosen == {"0": "left", "0.5": "middle", "2": "right"}


def test_an_agent_that_only_exploits_stays_with_its_first_action() -> None:
    for first in range(3):
        estimates, pulls = [0.0, 0.0, 0.0], [0, 0, 0]
        action = first
        for _ in range(100):
            pulls[action] += 1
            estimates[action] += ((0.1, 1.0, 5.0)[action] - estimates[action]) / pulls[action]
            action = max(range(3), key=lambda one: estimates[one])
        assert pulls[first] == 100
    assert judged(QUESTIONS["never-tried"], {}, {"choice": "stuck"}).credit == 1


def test_preference_is_a_sigmoid_of_the_difference() -> None:
    """By its odds: one reward more makes an answer e times as likely to be preferred."""
    question = QUESTIONS["preferred"]
    for values in variants(question):
        a, b = float(values["r_a"]), float(values["r_b"])
        odds = e**a / e**b
        assert by_number(question, values, odds / (1 + odds), 3) == "right"
        assert by_number(question, values, 1 / (1 + odds), 3) == "other-way"
        assert by_number(question, values, a / (a + b)) == "shares"


def test_straying_costs_what_the_logarithm_says() -> None:
    question = QUESTIONS["price-of-straying"]
    for values in variants(question):
        r, beta, now = (float(values[name]) for name in ("r", "beta", "now"))
        doublings = {0.2: 1, 0.4: 2, 0.8: 3}[now]
        price = beta * doublings * log(2)
        assert by_number(question, values, r - price, 3) == "right"
        assert by_number(question, values, r + price, 3) == "rewarded"
        assert by_number(question, values, r) == "free"


def test_the_clip_hides_gains_and_never_losses() -> None:
    question = QUESTIONS["clip"]
    table = {
        # ratio, advantage: what is added, by the six cases of the paper's Figure 1
        ("0.5", "2"): "1.0",
        ("0.9", "2"): "1.8",
        ("1.1", "2"): "2.2",
        ("1.5", "2"): "2.4",
        ("0.5", "-2"): "-1.6",
        ("0.9", "-2"): "-1.8",
        ("1.1", "-2"): "-2.2",
        ("1.5", "-2"): "-3.0",
    }
    found = {(values["ratio"], values["gain"]): values for values in variants(question)}
    assert found.keys() == table.keys()
    for (ratio, gain), added in table.items():
        values = found[ratio, gain]
        assert judged(question, values, {"text": added}).credit == 1
        free = Fraction(ratio) * Fraction(gain)
        if free != Fraction(added):
            assert by_number(question, values, float(free)) == "not-clipped"
    assert by_number(question, found["1.5", "-2"], -2.4) == "always-clipped"


@pytest.mark.parametrize(
    ("key", "response", "credit"),
    [
        ("next-action", {"value": False}, 1),
        ("next-action", {"value": True}, 0),
        ("way-of-acting", {"text": "A policy"}, 1),
        ("way-of-acting", {"text": "strategy"}, Fraction(1, 2)),
        ("way-of-acting", {"text": "the value function"}, 0),
        ("atari-true", {"choices": ["replay", "same-network"]}, 1),
        ("atari-true", {"choices": ["imitation", "replay"]}, 0),
        ("fill-learning", {"gaps": {"blind": {"text": "0"}, "surprise": {"text": "temporal difference"}}},
         Fraction(2, 3)),
        ("fill-learning", {"gaps": {"surprise": {"text": "td"}}}, Fraction(1, 3)),
        ("explain-your-story", {"text": "A state was a position."}, 1),
    ],
)  # fmt: skip
def test_questions_without_numbers_have_the_key_they_should(
    key: str, response: dict[str, Any], credit: Fraction
) -> None:
    assert judged(QUESTIONS[key], {}, response).credit == credit


def test_feedback_is_learned_from_in_the_order_in_which_each_step_needs_the_one_before() -> None:
    question = QUESTIONS["feedback-steps"]
    by_key = {step["key"]: step["text"]["markdown"] for step in question.revision["steps"]}
    told = ["write answers", "fine-tuned", "rank several", "reward model", "PPO"]
    right = [by_key[key] for key in question.answer_key["order"]]
    assert all(part in step for part, step in zip(told, right, strict=True))
