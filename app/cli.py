"""Commands for whoever runs the server: `flask --app wsgi <command>`."""

from flask import Flask


def init_commands(app: Flask) -> None:
    """Attach the commands to the application's command line."""
