"""Commands for whoever runs the server: `flask --app wsgi <command>`."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.demo import fill_demo
from app.domain.tenants import FoundTenant, SlugRefused, found_tenant
from app.kernel.clock import system_clock
from app.web.database import db
from app.web.ports import files


def init_commands(app: Flask) -> None:
    """Attach the commands to the application's command line."""
    app.cli.add_command(demo)
    app.cli.add_command(tenant)


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
            found_tenant(session, FoundTenant(slug, name, name[:12], currency.upper(), locale, zone, is_default),
                         system_clock())
        except SlugRefused:
            raise click.ClickException(f"{slug!r} is taken, or is no name for a sub-domain.") from None
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        session.commit()
    click.echo(f"{name} is founded.")
