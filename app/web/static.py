"""Static files: hashed names, a year of caching, precompressed; served before Flask wakes up."""

from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

from app.settings import Settings
from app.web.assets import load

BUILD = Path(__file__).parent.parent / "static" / "build"


def init_static(app: Flask, settings: Settings) -> None:
    """Put the file server in front of the application. Every name in `build` carries its content's hash."""
    index = load(BUILD.parent.parent.parent)
    app.extensions["portico_assets"] = index
    # Imported macros do not see what a request's context brings.
    app.jinja_env.globals["assets"] = index
    files = WhiteNoise(
        app.wsgi_app,
        autorefresh=not settings.production and not app.testing,
        immutable_file_test=lambda _path, _url: True,
    )
    files.add_files(str(BUILD), prefix="static/build/")
    app.wsgi_app = files  # type: ignore[method-assign]
