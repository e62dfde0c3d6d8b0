"""Bring the database to today's shape and fill it with the demo when it is empty. One process does both: starting
Python with all of the application costs more than either."""

import sys
from contextlib import redirect_stdout
from io import StringIO

from flask import Flask
from flask.cli import ScriptInfo

from app.cli import init_commands
from app.factory import create_app
from app.settings import Settings, SettingsError, from_environment
from tools.terminal import StepFailed, explain, step

ADVICE = {
    "db upgrade": "The database could not be brought up to date. Is it running, and is DATABASE_URL right?",
    "demo-cards": "The double of Stripe did not answer; PORTICO_STRIPE_ADDRESS=off starts without it.",
    "demo": "The demo data could not be written; the lines above say why. `rm -r instance` starts from nothing.",
}


def _command(app: Flask, words: str, *arguments: str) -> None:
    """Run one of the application's own commands, as `flask --app wsgi WORDS` would."""
    try:
        with redirect_stdout(StringIO()):  # the step has its own line
            info = ScriptInfo(create_app=lambda: app)
            app.cli.main(args=[*words.split(), *arguments], standalone_mode=False, obj=info)
    except Exception as error:
        raise StepFailed(ADVICE[words], f"{type(error).__name__}: {error}") from error


def _settings() -> Settings:
    try:
        return from_environment()
    except SettingsError as error:
        raise StepFailed(str(error)) from error


def main() -> int:
    """Return 0 when the portal can start, 1 after saying why it cannot."""
    try:
        settings = _settings()
        app = create_app(settings)
        init_commands(app)
        with step("Bring the database up to date"):
            _command(app, "db upgrade")
        if not settings.production:
            with step("Fill in the demo where nothing is yet"):
                _command(app, "demo")
        if settings.stripe_address:
            with step("Open accounts at the double of Stripe"):
                _command(app, "demo-cards", str(settings.port))
    except StepFailed as failure:
        explain(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
