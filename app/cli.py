"""Commands for whoever runs the server: `flask --app wsgi <command>`."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, BinaryIO, cast

import click
from babel import Locale
from babel.numbers import get_territory_currencies
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.demo import fill_demo
from app.demo.cards import take_cards
from app.demo.spaces import SPACES
from app.domain.billing.running import RunInHand, run_billing
from app.domain.calendars.outside import reseal_calendars
from app.domain.cards.account import reseal_card_secrets
from app.domain.factors.authenticator import reseal_apps
from app.domain.factors.reset import reset_factors_of
from app.domain.invoicing.verifying import verify
from app.domain.mail_server import reseal_mail_password
from app.domain.notices import dead_letters
from app.domain.notices.bounces import note_returned
from app.domain.people.names import check_names
from app.domain.people.terms import LONGEST_NAME, BadName, EmailTaken, PersonDetails
from app.domain.portal_settings import LONGEST_NAME as LONGEST_PORTAL_NAME
from app.domain.push_keys import reseal_push_key
from app.domain.sign_on.providers import reseal_secrets
from app.domain.tenants import (
    DefaultTaken,
    FoundTenant,
    HostRefused,
    NoSuchTenant,
    SlugRefused,
    add_host,
    found_tenant,
    invite_owner,
    tenant_by_slug,
)
from app.integrations.returned_mail import read_returned
from app.jobs.work import Work
from app.kernel.clock import system_clock
from app.kernel.emails import LONGEST_EMAIL, looks_like_email
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date, zone
from app.models import Tenant
from app.settings import Settings
from app.tenancy import tenant_session
from app.web.charge_words import ChargeSentences
from app.web.database import db
from app.web.forms.text import without_forbidden
from app.web.language import LANGUAGES
from app.web.mail_tokens import untagged
from app.web.ports import cards, files, secret_box

_LARGEST_MAIL = 2_000_000
"""Bytes of a notification that are read; what matters stands at its beginning."""


def init_commands(app: Flask) -> None:
    """Attach the commands to the application's command line."""
    app.cli.add_command(demo)
    app.cli.add_command(demo_cards)
    app.cli.add_command(tenant)
    app.cli.add_command(worker)
    app.cli.add_command(undelivered)
    app.cli.add_command(mail)
    app.cli.add_command(invoices)
    app.cli.add_command(billing)
    app.cli.add_command(reseal)
    app.cli.add_command(reset)


@click.command()
@with_appcontext
def demo() -> None:
    """Fill an empty database with the two demo spaces, and keep their next days booked."""
    founded = fill_demo(db.session.session_factory, files(), system_clock())
    click.echo("The demo spaces are founded." if founded else "The demo spaces are up to date.")


@click.command("demo-cards")
@click.argument("port", type=int)
@with_appcontext
def demo_cards(port: int) -> None:
    """Have the demo spaces take cards at the double of Stripe, which tells them at PORT what happens."""
    with db.session.session_factory() as session:
        known = {tenant.slug: tenant for tenant in session.scalars(select(Tenant))}
    for slug in (space.tenant.slug for space in SPACES if space.tenant.slug in known):
        host = "localhost" if known[slug].is_default else f"{slug}.localhost"
        with tenant_session(db.session.session_factory, known[slug].id) as session:
            take_cards(session, cards(), slug, f"http://{host}:{port}", system_clock())


_RESEALED = (
    (reseal_secrets, "{} cannot be opened with any key; enter them again."),
    (reseal_apps, "{} authenticator apps cannot be opened with any key."),
    (reseal_push_key, "the key for push messages could not be opened; there will be a new one."),
    (reseal_card_secrets, "the keys of the card service could not be opened; enter them again."),
    (reseal_calendars, "{} addresses of calendars cannot be opened with any key; enter them again."),
    (reseal_mail_password, "the password of the mail server could not be opened; enter it again."),
)
"""What is sealed, and what is said of that which no key opens."""


@click.command("reseal-secrets")
@with_appcontext
def reseal() -> None:
    """Seal every stored secret anew with the first of PORTICO_SECRET_KEYS; afterwards the others may go."""
    with db.session.session_factory() as session:
        tenants = session.execute(select(Tenant.id, Tenant.slug).order_by(Tenant.id)).all()
    done = 0
    for tenant_id, slug in tenants:
        for reseal_some, what in _RESEALED:
            with tenant_session(db.session.session_factory, tenant_id) as session:
                sealed, lost = reseal_some(session, secret_box())
            done += sealed
            if lost:
                click.echo(f"{slug}: {what.format(lost)}", err=True)
    click.echo(f"Sealed anew: {done}.")


@click.command("reset-factors")
@click.argument("slug")
@click.argument("email")
@with_appcontext
def reset(slug: str, email: str) -> None:
    """Remove the authenticator app, passkeys and recovery codes of EMAIL: for an owner who lost all of them."""
    with _saying_why(), db.session.session_factory() as session:
        tenant_id = tenant_by_slug(session, slug).id
    with tenant_session(db.session.session_factory, tenant_id) as session:
        try:
            reset_factors_of(session, email.strip(), system_clock())
        except NotFound:
            raise click.ClickException(f"Nobody of {slug} has the e-mail address {email!r}.") from None
        session.commit()
    click.echo(f"{email} signs in with a password alone now, is signed out everywhere, and is told by mail.")


@click.group()
def tenant() -> None:
    """Found tenants, and give them owners and host names."""


@tenant.command("create")
@click.argument("slug")
@click.argument("name")
@click.option(
    "--owner", required=True, help="E-mail address of the first owner, who is mailed an invitation."
)
@click.option("--owner-name", required=True, help='Their name: "Ada Byron".')
@click.option("--currency", default="EUR", help="ISO 4217 code.")
@click.option("--locale", type=click.Choice(list(LANGUAGES)), default="en")
@click.option("--zone", default="Europe/London", help="IANA time zone.")
@click.option("--default", "is_default", is_flag=True, help="Answer on the bare base domain.")
@with_appcontext
def create(owner: str, owner_name: str, **about: Any) -> None:
    """Found a tenant that answers on SLUG.<base domain>."""
    details = _owner(owner, owner_name)
    if about["currency"].upper() not in _tender():
        raise click.ClickException(f"{about['currency']!r} is no currency that anybody pays with today.")
    name = _line(about["name"], LONGEST_PORTAL_NAME)
    about |= {"name": name, "short_name": name[:12].strip(), "currency": about["currency"].upper()}
    command = FoundTenant(**about)
    with _saying_why(), db.session.session_factory() as session:
        tenant_id = found_tenant(session, command, system_clock()).id
        session.commit()
    _invite(tenant_id, details)
    click.echo(f"{command.name} is founded, and {owner} is invited.")


def _tender() -> set[str]:
    """What somebody pays with somewhere today: ISO 4217 also knows gold, tests and currencies of the past."""
    return {
        code
        for territory in map(str, Locale("en").territories)
        if len(territory) == 2  # a country; the others are continents and the like
        for code in get_territory_currencies(territory)
    }


@tenant.command("invite-owner")
@click.argument("slug")
@click.argument("email")
@click.option("--name", required=True, help='Their name: "Ada Byron".')
@with_appcontext
def add_owner(slug: str, email: str, name: str) -> None:
    """Invite another owner: for a tenant whose owners cannot get in any more."""
    details = _owner(email, name)
    with _saying_why(), db.session.session_factory() as session:
        tenant_id = tenant_by_slug(session, slug).id
    _invite(tenant_id, details)
    click.echo(f"{email} is invited.")


@tenant.command("add-host")
@click.argument("slug")
@click.argument("host")
@with_appcontext
def add_own_host(slug: str, host: str) -> None:
    """Let HOST lead to a tenant, once its DNS record points here."""
    host = host.lower().rstrip(".")
    base = cast("Settings", current_app.extensions["portico_settings"]).base_domain
    if f".{host}".endswith(f".{base}"):
        # Its visitors go where the slug before the domain says, and so would the links in this tenant's mails.
        raise click.ClickException(f"{host!r} is the server's own: a tenant answers on SLUG.{base} already.")
    with _saying_why(), db.session.session_factory() as session:
        add_host(session, tenant_by_slug(session, slug), host)
        session.commit()
    click.echo(f"{host} leads to {slug}.")


def _owner(email: str, name: str) -> PersonDetails:
    """Checked in full before anything is founded. Raises ClickException."""
    email = _line(email, LONGEST_EMAIL)
    if not looks_like_email(email):
        raise click.ClickException(f"{email!r} is no e-mail address.")
    first_name, _, last_name = _line(name, LONGEST_NAME).partition(" ")
    with _saying_why():
        check_names(first_name, last_name)
    return PersonDetails(email.lower(), first_name, last_name)


def _line(text: str, longest: int) -> str:
    """The text as a form would take it. Raises ClickException."""
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if not 1 <= len(line) <= longest or without_forbidden(line) != line:
        raise click.ClickException(f"{text!r} is not 1 to {longest} characters that can be shown.")
    return line


def _invite(tenant_id: int, details: PersonDetails) -> None:
    with _saying_why(), tenant_session(db.session.session_factory, tenant_id) as session:
        invite_owner(session, details, system_clock())


@contextmanager
def _saying_why() -> Iterator[None]:
    """Refusals as sentences for whoever typed the command."""
    try:
        yield
    except SlugRefused as refused:
        raise click.ClickException(f"{str(refused)!r} is taken, or is no name for a sub-domain.") from None
    except DefaultTaken:
        raise click.ClickException("Another tenant is the default one already.") from None
    except NoSuchTenant as refused:
        raise click.ClickException(f"There is no tenant {str(refused)!r}.") from None
    except HostRefused as refused:
        raise click.ClickException(f"{str(refused)!r} is taken, or is no full host name.") from None
    except EmailTaken:
        raise click.ClickException("Somebody there has that e-mail address already.") from None
    except BadName:
        raise click.ClickException('Give a name like "Ada Byron".') from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None


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


@click.group()
def invoices() -> None:
    """The documents that were issued."""


@invoices.command("verify")
@with_appcontext
def verify_invoices() -> None:
    """Read every tenant's chain of issued documents from its beginning; exits with 1 when something is not as it was issued."""
    open_session = db.session.session_factory
    with open_session() as session:
        tenants = session.execute(select(Tenant.id, Tenant.slug).order_by(Tenant.slug)).all()
    sound = True
    for tenant_id, slug in tenants:
        with tenant_session(open_session, tenant_id) as session:
            verdict = verify(session)
        click.echo(f"{slug}  {verdict.documents} documents, {len(verdict.faults)} faults")
        for fault in verdict.faults:
            click.echo(f"  {fault}")
        sound = sound and not verdict.faults
    if not sound:
        raise SystemExit(1)


@click.group()
def billing() -> None:
    """What is to be billed."""


@billing.command("run")
@click.option("--tenant", "slug", help="Only this tenant; otherwise all of them.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The local day; otherwise today.")
@with_appcontext
def run_bills(slug: str | None, day: datetime | None) -> None:
    """Bill everything that is due, each payer by themselves: safe to repeat, to stop anywhere, and to run late.

    Exits with 1 when somebody could not be billed; the page "Billing" says why.
    """
    open_session = db.session.session_factory
    words = ChargeSentences(current_app)
    with _saying_why(), open_session() as session:
        if slug is not None:
            tenant_by_slug(session, slug)
        tenants = session.execute(select(Tenant.id, Tenant.slug, Tenant.zone).order_by(Tenant.slug)).all()
    failed = 0
    for row in tenants:
        if slug in (None, row.slug):
            today = local_date(system_clock(), zone(row.zone)) if day is None else day.date()
            failed += _run_bills(row.id, row.slug, today, words)
    if failed:
        raise SystemExit(1)


def _run_bills(tenant_id: int, slug: str, today: date, words: ChargeSentences) -> int:
    """How many could not be billed."""
    with tenant_session(db.session.session_factory, tenant_id) as session:
        try:
            run = run_billing(session, today, words, system_clock)
        except RunInHand:
            click.echo(f"{slug}: another run is at work.", err=True)
            return 1
        click.echo(f"{slug}  {today}  {run.done} payers, {run.failed} of them could not be billed")
        return run.failed


@click.group()
def mail() -> None:
    """What mail servers say of the mail that left."""


@mail.command("bounced")
@click.argument("message", type=click.File("rb"), default="-")
@with_appcontext
def bounced(message: BinaryIO) -> None:
    """Read one delivery status notification (RFC 3464) from MESSAGE, or what is piped in, and mark the address.

    Have the mail server pipe what comes to the sender's address into it; any other mail is left alone.
    """
    returned = read_returned(message.read(_LARGEST_MAIL))
    if returned is None:
        click.echo("This is no notification that a mail was refused for good.")
        return
    reference = untagged(str(current_app.secret_key), returned.message_id)
    slug, _, delivery_id = (reference or "").rpartition(".")
    if not delivery_id.isdecimal():
        click.echo("The mail that came back is none of ours.")
        return
    with _saying_why(), db.session.session_factory() as session:
        tenant_id = tenant_by_slug(session, slug).id
    with tenant_session(db.session.session_factory, tenant_id) as session:
        marked = note_returned(session, int(delivery_id), returned.reason, system_clock)
    click.echo(f"{slug}: the address is marked." if marked else f"{slug}: nobody has that address any more.")
