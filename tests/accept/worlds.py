"""Two worlds that differ in keys alone, told apart by nobody before the reveal; also a test of the everyday suite."""

from __future__ import annotations

from tests.accept.row import Row, Try, Verdict
from tests.two_worlds import FEWEST, compare


def two_worlds(one: Try) -> Verdict:
    """The story of `tests/two_worlds.py` in both."""
    place = one.place
    found = compare((place.new("world_one"), place.new("world_other")), place.folder)
    verdict = Verdict(
        f"{found.requests} requests before the reveal, {len(found.differing)} answered differently, canaries in "
        f"{len(found.canaries)}; {found.revealed} canaries after it"
    )
    verdict.demand(found.requests >= FEWEST, "too few requests")
    verdict.demand(not found.differing, f"first told apart by {next(iter(found.differing), '')}")
    verdict.demand(not found.canaries, f"a canary in {next(iter(found.canaries), '')}")
    verdict.demand(found.differing != [] or found.revealed > FEWEST, "nothing was revealed afterwards")
    verdict.demand(found.told_of_never == 0, "a quiz that never shows anything did")
    verdict.demand(not found.alike_afterwards, "the same result under different keys")
    return verdict


WORLDS = Row(
    "two-worlds", "databases that differ only in keys, feedback and tolerances answer alike to the byte", two_worlds
)
