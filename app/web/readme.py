"""The text that is read first in a copy of somebody's data."""

from datetime import datetime

from babel.dates import format_date
from flask import Flask
from flask_babel import force_locale

from app.web.language import LANGUAGES, formats_locale


class ReadmeTemplate:
    """The ReadmeWriter on Jinja: `templates/privacy/readme.txt`."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def write(self, tenant_name: str, locale: str, names: list[str], made_at: datetime) -> str:
        """The text, in the person's language where we speak it."""
        with self._app.app_context(), force_locale(locale if locale in LANGUAGES else "en"):
            template = self._app.jinja_env.get_template("privacy/readme.txt")
            return template.render(
                tenant_name=tenant_name,
                names=names,
                day=format_date(made_at, "long", locale=formats_locale()),
            )
