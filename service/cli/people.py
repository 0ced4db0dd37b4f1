"""`hornbook user`, `enrol` and `token`: who there is, what they are, and what speaks for them."""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy.orm import Session

from service.accounts import auditing, people
from service.accounts import operations as accounts
from service.cli.output import database_option, opened_current, read_settings
from service.content.models import Course
from service.content.operations import find_course, list_every_course
from service.domain.expressions import meant
from service.domain.roles import Role, Scope
from service.world import World


@click.group()
def user() -> None:
    """Make and list people."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The name people read.")
@click.option("--admin", is_flag=True, help="May do everything in every course.")
@click.option("--issuer", help="Another system that knows the person, say an LMS …")
@click.option("--external-id", help="… and what it calls them.")
@database_option
def add_user(
    login: str, name: str, admin: bool, issuer: str | None, external_id: str | None, database_url: str | None
) -> None:
    """Make a person with this LOGIN."""
    world = World()
    about = {"login": login, "name": name, "is_admin": admin, "issuer": issuer, "external_id": external_id}
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        person = people.make_person(session, world, about)
        auditing.note_command(session, world.now(), "user add", user=person.id, is_admin=admin)
    click.echo(f"Made {login}. Next: hornbook enrol {login} COURSE, and hornbook token issue --user {login}")


@user.command("list")
@database_option
def list_users(database_url: str | None) -> None:
    """List everybody."""
    with opened_current(read_settings(database_url)) as database, database.read() as session:
        for person in accounts.list_users(session):
            click.echo(f"{person.login:20} {person.name}{'  (admin)' if person.is_admin else ''}")


@click.command()
@click.argument("login")
@click.argument("course")
@click.option(
    "--role",
    type=click.Choice([Role.STUDENT.value, Role.INSTRUCTOR.value]),
    default=Role.STUDENT.value,
    show_default=True,
)
@database_option
def enrol(login: str, course: str, role: str, database_url: str | None) -> None:
    """Make the person LOGIN a student (or instructor) of COURSE."""
    world = World()
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        person, course_id = accounts.get_user(session, login), course_called(session, course).id
        accounts.enrol(session, world, person, course_id, Role(role))
        auditing.note_command(session, world.now(), "enrol", course_id=course_id, user=person.id, role=role)
    click.echo(f"{login} is now {'an instructor' if role == Role.INSTRUCTOR else 'a student'} of {course}.")


@click.group()
def token() -> None:
    """Issue, list and revoke bearer tokens."""


@token.command("issue")
@click.option("--user", "login", help="A personal token: acts as this person.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="An integration token may do this.",
)
@click.option("--course", "courses", multiple=True, help="… in this course (repeatable).")
@click.option("--label", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is valid; until revoked when left out.")
@database_option
def issue(
    login: str | None,
    scopes: tuple[str, ...],
    courses: tuple[str, ...],
    label: str | None,
    days: int | None,
    database_url: str | None,
) -> None:
    """Issue a token and print it, once: a personal one (--user), or an integration's (--scope and --course)."""
    if (login is None) == (not scopes) or bool(scopes) != bool(courses):
        raise click.UsageError("Say either --user LOGIN, or --scope and --course (each as often as needed).")
    lasts = None if days is None else timedelta(days=days)
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        if login is not None:
            person = accounts.get_user(session, login)
            issued = accounts.issue_personal_token(session, World(), person, label=label or "command line", lasts=lasts)
        else:
            ids = [course_called(session, slug).id for slug in courses]
            issued = accounts.issue_integration_token(
                session,
                World(),
                label=label or "integration",
                scopes=[Scope(scope) for scope in scopes],
                course_ids=ids,
                lasts=lasts,
            )
        auditing.note_command(session, World().now(), "token issue", token=issued.id)
    click.echo(issued.text)
    click.echo("Keep it now: it is shown only this once.", err=True)


@token.command("list")
@database_option
def list_tokens(database_url: str | None) -> None:
    """List the tokens there are, with whose they are or what they may do; their secrets are not kept."""
    with opened_current(read_settings(database_url)) as database, database.read() as session:
        logins = {person.id: person.login for person in accounts.list_users(session)}
        for one in accounts.list_tokens(session):
            kind = logins[one.user_id] if one.user_id is not None else " ".join(one.scopes or ())
            state = "revoked" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "valid"
            used = f"used {one.last_used_at:%Y-%m-%d}" if one.last_used_at else "no use known"
            click.echo(f"hb_{one.prefix}_…  {state:16} {used:15} {kind:32} {one.label}")


@token.command("revoke")
@click.argument("prefix")
@database_option
def revoke(prefix: str, database_url: str | None) -> None:
    """Make the token that begins with hb_PREFIX worthless, at once and everywhere."""
    bare = prefix.removeprefix("hb_").split("_")[0]
    with opened_current(read_settings(database_url)) as database, database.write() as session:
        accounts.revoke_token(session, World(), bare)
        auditing.note_command(session, World().now(), "token revoke", prefix=bare)
    click.echo(f"hb_{bare}_… is revoked.")


def course_called(session: Session, slug: str) -> Course:
    """The course with this key; the refusal names the nearest."""
    course = find_course(session, slug)
    if course is None:
        known = {one.slug: one for one in list_every_course(session)}
        raise click.ClickException(
            f"There is no course “{slug}”{meant(slug, known)} Seed one with: hornbook seed FOLDER"
        )
    return course
