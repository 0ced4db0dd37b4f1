"""The application for any WSGI server: `gunicorn wsgi:app`. Settings come from HORNBOOK_* variables."""

from service.app import create_app
from service.settings import Settings

app = create_app(Settings.from_env())
