"""Importing what is damaged beyond meaning: a unit and findings, and never an exception."""

from __future__ import annotations

from tests.accept.row import Row, Try, Verdict
from tests.damaged_texts import faults_of_banks, faults_of_pages


def read_what_is_damaged(one: Try) -> Verdict:
    """As many files of each format as there are, by chance."""
    count = one.effort.damaged
    faults = [*faults_of_banks(count, one.seed), *faults_of_pages(count, one.seed)]
    verdict = Verdict(f"{count} GIFT files, {count} pages, {len(faults)} not read as promised")
    verdict.demand(not faults, repr(faults[0]) if faults else "")
    return verdict


DAMAGE = Row(
    "damage", "whatever is imported becomes a unit and findings, never an exception", read_what_is_damaged, ("sqlite",)
)
