"""Commands for whoever runs the server: `flask --app wsgi <command>`."""

from typing import cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.domain.notices import dead_letters
from app.jobs.work import Work
from app.models import Tenant
from app.tenancy import tenant_session
from app.web.database import db


def init_commands(app: Flask) -> None:
    """Attach the commands to the application's command line."""
    app.cli.add_command(worker)
    app.cli.add_command(undelivered)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Send waiting mail and do what is due every minute, until SIGTERM."""
    cast("Work", current_app.extensions["portico_work"]).run()


@click.command("undelivered")
@with_appcontext
def undelivered() -> None:
    """List the mails that were given up, for every tenant."""
    open_session = db.session.session_factory
    with open_session() as session:
        tenants = session.execute(select(Tenant.id, Tenant.slug).order_by(Tenant.slug)).all()
    for tenant_id, slug in tenants:
        with tenant_session(open_session, tenant_id) as session:
            for letter in dead_letters(session):
                print(f"{slug}  {letter.gave_up_at:%Y-%m-%d %H:%M}  {letter.kind}  {letter.email}  {letter.error}")
