"""The WSGI entry point: `gunicorn wsgi:app`."""

from app.factory import create_app
from app.settings import from_environment

app = create_app(from_environment())
