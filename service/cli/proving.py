"""`hornbook recompute`: works out the score of an attempt from its proof, without any database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from service.cli.output import counted


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def recompute(file: Path) -> None:
    """Work out the score of the attempt whose proof is in FILE, from `GET /attempts/{attempt}/proof`.

    Exit 1 where it is another than the one that was given, and where it cannot be worked out.
    """
    from service.db import digest_of
    from service.domain.outcomes import shown
    from service.domain.proofs import UnusableProof, counted_slots, recompute

    try:
        proof = json.loads(file.read_bytes())
        slots, points, possible = recompute(proof if isinstance(proof, dict) else {})
    except UnusableProof as fault:
        raise click.ClickException(str(fault)) from None
    except (ValueError, RecursionError):
        raise click.ClickException(f"{file} is no JSON.") from None
    changed = [
        slot["slot"]
        for slot in proof["slots"]
        if (digest_of(slot["question"]), digest_of(slot["key"])) != (slot["question_digest"], slot["key_digest"])
    ]
    scored = counted_slots(slots)
    for one in slots:
        verdict = "" if one.agrees else f", but {one.given or 'nothing'} was given"
        variant = "" if one.slot in scored else f" (another variant of slot {one.question} counts)"
        click.echo(f"  slot {one.slot}: {one.credit or 'not counted'}{verdict}{variant}")
    for slot in changed:
        click.echo(f"  slot {slot}: its question or key is not the one that its digest was made of")
    click.echo(f"{shown(points)} of {shown(possible)} points, worked out from {counted(len(scored), 'slot')}.")
    if changed or not all(one.agrees for one in slots):
        raise SystemExit(1)
