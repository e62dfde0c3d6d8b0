"""The smallest Flask application there is: what every page is compared to."""

from flask import Flask

app = Flask("bare", static_folder=None)


@app.get("/hello")
@app.get("/healthz")
def hello() -> str:
    """Answer without asking anybody."""
    return "hello"
