"""The application: the one module that knows every feature."""

from __future__ import annotations

from flask import Flask

from service import schema
from service.accounts.audit_routes import routes as audit
from service.accounts.enrolment_routes import routes as enrolments
from service.accounts.operations import authenticate
from service.accounts.oversight import Overseer
from service.accounts.people_routes import routes as people
from service.accounts.routes import routes as accounts
from service.accounts.token_routes import routes as tokens
from service.content.routes import routes as content
from service.db import Database, sqlite_path
from service.interchange.routes import routes as interchange
from service.progress.class_routes import routes as classes
from service.progress.privacy.routes import routes as privacy
from service.progress.routes import routes as progress
from service.progress.statistics.routes import routes as statistics
from service.quizzes.regrading_routes import routes as regrading
from service.quizzes.routes import routes as quizzes
from service.quizzes.supervision_routes import routes as supervision
from service.seeding.course_routes import routes as courses
from service.seeding.entry_routes import routes as entries
from service.seeding.history_routes import routes as history
from service.seeding.report_routes import routes as reports
from service.seeding.unit_routes import routes as admin
from service.settings import Settings
from service.upkeep.occupancy import claim
from service.web.installing import install
from service.world import World

FEATURES = (
    *(
        accounts,
        content,
        quizzes,
        supervision,
        progress,
        classes,
        statistics,
        admin,
        entries,
        history,
        interchange,
        courses,
        reports,
    ),
    *(regrading, people, enrolments, tokens, audit, privacy),
)


def create_app(settings: Settings, *, database: Database | None = None, world: World | None = None) -> Flask:
    """Hornbook as a WSGI application over one database."""
    app = Flask("service", static_folder=None)
    if database is None:
        file = sqlite_path(settings.database_url)
        # Held as long as the process lives: nobody puts another file in the place of this one meanwhile.
        app.extensions["hornbook_claim"] = None if file is None else claim(file)
        database = Database(settings.database_url, pool_size=settings.threads)
    install(
        app,
        settings=settings,
        database=database,
        world=world or World(),
        authenticate=authenticate,
        oversight=Overseer(),
        routes=list(FEATURES),
        schema_is_current=lambda: schema.state(database) is schema.State.CURRENT,
    )
    return app
