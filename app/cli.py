"""Commands for whoever runs the server: `flask --app wsgi <command>`."""

from typing import cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.demo import fill_demo
from app.domain.notices import dead_letters
from app.domain.tenants import FoundTenant, SlugRefused, found_tenant
from app.jobs.work import Work
from app.kernel.clock import system_clock
from app.models import Tenant
from app.tenancy import tenant_session
from app.web.database import db
from app.web.ports import files


def init_commands(app: Flask) -> None:
    """Attach the commands to the application's command line."""
    app.cli.add_command(demo)
    app.cli.add_command(tenant)
    app.cli.add_command(worker)
    app.cli.add_command(undelivered)


@click.command()
@with_appcontext
def demo() -> None:
    """Fill an empty database with the two demo spaces, and keep their next days booked."""
    founded = fill_demo(db.session.session_factory, files(), system_clock())
    click.echo("The demo spaces are founded." if founded else "The demo spaces are up to date.")


@click.group()
def tenant() -> None:
    """Found tenants."""


@tenant.command("create")
@click.argument("slug")
@click.argument("name")
@click.option("--currency", default="EUR", help="ISO 4217 code.")
@click.option("--locale", default="en")
@click.option("--zone", default="Europe/London", help="IANA time zone.")
@click.option("--default", "is_default", is_flag=True, help="Answer on the bare base domain.")
@with_appcontext
def create(slug: str, name: str, currency: str, locale: str, zone: str, is_default: bool) -> None:  # noqa: FBT001
    """Found a tenant that answers on SLUG.<base domain>."""
    with db.session.session_factory() as session:
        try:
            found_tenant(
                session,
                FoundTenant(slug, name, name[:12], currency.upper(), locale, zone, is_default),
                system_clock(),
            )
        except SlugRefused:
            raise click.ClickException(f"{slug!r} is taken, or is no name for a sub-domain.") from None
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        session.commit()
    click.echo(f"{name} is founded.")


@click.command()
@with_appcontext
def worker() -> None:
    """Send waiting mail and do what is due every minute, until SIGTERM."""
    cast("Work", current_app.extensions["portico_work"]).run()


@click.command()
@with_appcontext
def undelivered() -> None:
    """List the mails that were given up, tenant by tenant."""
    open_session = db.session.session_factory
    with open_session() as session:
        tenants = session.execute(select(Tenant.id, Tenant.slug).order_by(Tenant.slug)).all()
    for tenant_id, slug in tenants:
        with tenant_session(open_session, tenant_id) as session:
            for letter in dead_letters(session):
                when = f"{letter.gave_up_at:%Y-%m-%d %H:%M}"
                click.echo(f"{slug}  {when}  {letter.kind}  {letter.email}  {letter.error}")
