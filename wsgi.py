"""The WSGI entry point: `gunicorn wsgi:app`."""

from app.cli import init_commands
from app.factory import create_app
from app.settings import from_environment

app = create_app(from_environment())
init_commands(app)
