"""Nobody does what is not theirs, and nothing that is sent breaks anything; also tests of the everyday suite."""

from __future__ import annotations

from tests import bombardment, matrix
from tests.accept.row import Row, Try, Verdict
from tests.nasty import BODIES
from tests.two_courses import build, endpoints

FEWEST_CELLS = 30
"""Cells that every endpoint has at least: people and systems, by things."""


def try_everything_on_everything(one: Try) -> Verdict:
    """The cells of `tests/matrix.py` in which nothing is written."""
    scene = build(one.place.new("matrix"), one.place.folder)
    declared, found = matrix.touching(), matrix.Found()
    for name in matrix.ROWS:
        if name in declared:
            found.add(matrix.try_refusals(scene, name, declared[name]))
    scene.database.close()
    verdict = Verdict(f"{found.cells} cells of {len(declared)} endpoints, {len(found.wrong)} not as they are written")
    verdict.demand(declared.keys() == matrix.ROWS.keys(), "an endpoint without a row, or a row without one")
    verdict.demand(found.cells >= FEWEST_CELLS * len(declared), "too few cells")
    verdict.demand(not found.wrong, next(iter(found.wrong), ""))
    return verdict


def send_everything_nasty(one: Try) -> Verdict:
    """The attacks of `tests/bombardment.py`; on PostgreSQL everything is sent to SQLite as well, and compared."""
    urls = {one.place.kind: one.place.new("nasty"), "sqlite": f"sqlite:///{one.place.folder / 'nasty-too'}.db"}
    scenes = {kind: build(url, one.place.folder / kind) for kind, url in urls.items()}
    declared, found = endpoints(), bombardment.Found()
    for endpoint in declared.values():
        found.add(bombardment.bombard(scenes, endpoint))
    for endpoint in declared.values():
        found.add(bombardment.perplex(scenes, endpoint))
    for scene in scenes.values():
        scene.database.close()
    writes = sum(endpoint.writes for endpoint in declared.values())
    verdict = Verdict(
        f"{found.sent} requests to {len(declared)} endpoints, {writes} of which write ({len(BODIES)} bodies each and "
        f"every mistake in every field), {len(found.wrong)} answered otherwise than with a refusal in words"
    )
    verdict.demand(found.sent >= len(BODIES) * writes, "too few requests")
    verdict.demand(not found.wrong, next(iter(found.wrong), ""))
    return verdict


MATRIX = Row("matrix", "nobody touches or learns of what is not theirs", try_everything_on_everything)
NASTY = Row("nasty", "nothing that is sent is answered with a failure, or differently by the other database",
            send_everything_nasty)  # fmt: skip
