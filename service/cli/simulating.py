"""`hornbook demo`: a simulated class for people to look at."""

from __future__ import annotations

import click

from service import schema
from service.cli.output import counted, database_option, opened, progress, read_settings
from service.content.models import Course
from service.db import Database
from service.settings import Settings
from service.simulation.operations import KnownClass

USUAL, MOST = 200, 10_000


@click.command()
@click.option(
    "--class", "size", type=click.IntRange(1, MOST), default=USUAL, show_default=True, help="How many students."
)
@click.option("--course", "slug", help="Of this course; the first by name when left out.")
@click.option("--seed", type=click.IntRange(1), default=1, show_default=True, help="Another seed is another class.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--force", is_flag=True, help="Even where real students are enrolled.")
@database_option
def demo(size: int, slug: str | None, seed: int, dry_run: bool, force: bool, database_url: str | None) -> None:
    """Fill a course with a simulated class: who reads, answers, errs, gives up and tries again, over past weeks.

    Everything goes the way of real students, so all that holds for them holds here. The same seed makes the same
    class; one that was interrupted is gone on with. Simulated students have no tokens. An empty database is made
    ready first.
    """
    settings = read_settings(database_url)
    with opened(settings, make=not dry_run) as database:
        _require_ready(database, settings, make=not dry_run)
        course, known = _look(database, slug, seed, force)
        missing = [number for number in range(1, size + 1) if number not in known.numbers]
        there = f", {len(known.numbers)} are there already" if known.numbers else ""
        click.echo(f"Course {course.slug}, class {seed}: {counted(len(missing), 'simulated student')} to add{there}.")
        if dry_run or not missing:
            click.echo("Nothing was changed (--dry-run)." if dry_run else "Nothing to do.")
            return
        _fill(database, course, seed, known, missing)
    click.echo(f"Done. With the instructor's token of hornbook serve, look at /api/v1/courses/{course.slug}/progress")


def _require_ready(database: Database, settings: Settings, *, make: bool) -> None:
    """Give an empty database tables and courses; one that this code does not fit is left as it is."""
    from service.cli.serving import make_ready

    state = schema.state(database)
    if state is schema.State.EMPTY and make:
        make_ready(database, settings)
    elif state is not schema.State.CURRENT:
        raise click.ClickException(state.value)


def _look(database: Database, slug: str | None, seed: int, force: bool) -> tuple[Course, KnownClass]:
    """The course, and what there is of the class; refused where real people study."""
    from service.cli.demo import STUDENT
    from service.cli.people import course_called
    from service.content.operations import list_every_course
    from service.simulation.operations import count_real_students, find_class

    with database.read() as session:
        real = count_real_students(session, [STUDENT])
        if real and not force:
            raise click.ClickException(
                f"{counted(real, 'real student')} in this database: simulated ones among them would be in every count. "
                "Take another with --database, or say --force."
            )
        courses = list_every_course(session)
        if not courses:
            raise click.ClickException("There is no course yet. Seed one with: hornbook seed FOLDER")
        course = courses[0] if slug is None else course_called(session, slug)
        if course.status != "published":
            state = "a draft" if course.status == "draft" else course.status
            raise click.ClickException(f"The course “{course.slug}” is {state}: nobody can study it.")
        return course, find_class(session, course.id, seed)


def _fill(database: Database, course: Course, seed: int, known: KnownClass, missing: list[int]) -> None:
    from service.simulation.course import read_syllabus
    from service.simulation.operations import simulate_student, term_of
    from service.world import World

    with database.read() as session:
        syllabus = read_syllabus(session, course, seed)
    term = term_of(syllabus, known, World().now())
    with progress(len(missing), "Living through the term") as advance:
        for number in missing:
            with database.write() as session:
                simulate_student(session, syllabus, seed, number, term)
            advance(str(number))
