"""Builds the application. Reads top to bottom as its table of contents."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from jinja2 import StrictUndefined

from app.blueprints.account import blueprint as account
from app.blueprints.admin import blueprint as admin
from app.blueprints.announcements import blueprint as announcements
from app.blueprints.auth import blueprint as auth_room
from app.blueprints.bookings import blueprint as bookings
from app.blueprints.directory import blueprint as directory
from app.blueprints.health import blueprint as health
from app.blueprints.home import blueprint as home
from app.blueprints.inbox import blueprint as inbox
from app.blueprints.invoices import blueprint as invoices
from app.blueprints.join import blueprint as join
from app.blueprints.live import blueprint as live_room
from app.blueprints.media import blueprint as media
from app.blueprints.messages import blueprint as messages
from app.blueprints.outbox import blueprint as outbox
from app.blueprints.plans import blueprint as plans
from app.blueprints.products import blueprint as products
from app.blueprints.pwa import blueprint as pwa
from app.blueprints.rooms import blueprint as rooms
from app.blueprints.sign_on import blueprint as sign_on
from app.blueprints.team import blueprint as team
from app.blueprints.theming import blueprint as theming
from app.blueprints.webhooks import blueprint as webhooks
from app.domain.cards.terms import CardKit, Platform
from app.domain.push_keys import PushKit
from app.domain.sign_on.terms import Kit
from app.integrations import calendars
from app.integrations.disk_files import DiskFiles
from app.integrations.guarded import GuardedClient, Rules
from app.integrations.live import OwnHub, RedisHubs
from app.integrations.outbox import OutboxMail
from app.integrations.own_smtp import OwnServerMail
from app.integrations.paper import TypstPaper
from app.integrations.secret_box import KeyRing
from app.integrations.sign_on.oidc import OidcSignOn
from app.integrations.sign_on.saml_client import SamlSignOn
from app.integrations.smtp import SmtpMail
from app.integrations.stripe_cards import StripeCards
from app.integrations.web_push import hosts
from app.integrations.web_push.client import WebPush
from app.jobs.calendars import CalendarTools
from app.jobs.deliver import MailTools
from app.jobs.push import PushTools
from app.jobs.queue import open_queue
from app.jobs.work import Tools, Work
from app.kernel.clock import system_clock
from app.models import SignOnProtocol
from app.ports import Live, SignOn
from app.settings import Settings
from app.web.access import check_declarations, init_access
from app.web.addresses import init_addresses
from app.web.afterwards import init_keep_alive
from app.web.auth import init_auth
from app.web.bell import init_bell
from app.web.charge_words import ChargeSentences
from app.web.compression import init_compression
from app.web.cookies import init_cookies
from app.web.database import db, init_database
from app.web.errors import init_errors
from app.web.faces import init_faces
from app.web.fragments import init_fragments
from app.web.htmx import init_htmx
from app.web.icons import init_icons
from app.web.language import init_language
from app.web.leaving import init_leaving
from app.web.limits import init_limits
from app.web.links import init_links
from app.web.live import init_live
from app.web.mail import MailTemplates
from app.web.navigation import init_navigation
from app.web.paper import Press
from app.web.push import init_push
from app.web.push_words import PushWords
from app.web.readme import ReadmeTemplate
from app.web.security import init_security
from app.web.static import init_static
from app.web.tenant import init_tenants
from app.web.terms_due import init_terms_due
from app.web.unit_words import init_unit_words
from app.web.wording import init_wording

_ROOT = Path(__file__).parent.parent


class PorticoApp(Flask):
    """Flask, without a look at each hook of each request for whether it is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Give back the function as it is."""
        return func


def create_app(settings: Settings) -> Flask:
    """The whole application for these settings. Opens no connection and writes nothing."""
    app = PorticoApp("app", static_folder=None)
    app.testing = settings.environment == "test"
    app.extensions["portico_settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    init_compression(app)
    init_addresses(app)
    init_database(app, settings)
    Migrate(app, db, directory=str(_ROOT / "migrations"), render_as_batch=True)
    init_security(app, settings)
    init_cookies(app)
    # In this order on every request: whose portal, who asks, may they.
    init_tenants(app, settings)
    init_auth(app)
    init_language(app)
    init_wording(app)
    init_unit_words(app)
    init_faces(app)
    init_links(app)
    init_access(app)
    init_leaving(app)
    init_terms_due(app)
    init_limits(app, settings)
    init_htmx(app)
    init_errors(app)
    init_navigation(app)
    init_fragments(app)
    choose_integrations(app, settings)
    init_push(app)
    init_icons(app, settings)
    init_work(app, settings)
    init_live(app, choose_live(settings))
    init_keep_alive(app)

    for blueprint in (
        home,
        bookings,
        rooms,
        directory,
        messages,
        announcements,
        plans,
        products,
        invoices,
        account,
        inbox,
        team,
        auth_room,
        join,
        sign_on,
        admin,
        theming,
        media,
        live_room,
        webhooks,
        pwa,
        health,
    ):
        app.register_blueprint(blueprint)
    if not settings.production:
        app.register_blueprint(outbox)
    check_declarations(app)

    init_static(app, settings)
    return app


def choose_integrations(app: Flask, settings: Settings) -> None:
    """The one place where a port gets its implementation (`web.ports` hands them out)."""
    app.extensions["portico_files"] = DiskFiles(settings.files_dir)
    app.extensions["portico_press"] = Press(TypstPaper(), app.extensions["portico_files"])
    app.extensions["portico_secret_box"] = KeyRing(settings.key_words)
    kept = None if settings.mail_url else OutboxMail(settings.outbox_dir, settings.mail_from)
    app.extensions["portico_outbox"] = kept
    rules = Rules(admits_loopback=not settings.production)
    app.extensions["portico_mail"] = OwnServerMail(
        kept or SmtpMail(settings.mail_url, settings.mail_from), app.extensions["portico_secret_box"], rules
    )
    web = GuardedClient(rules)
    slow = replace(rules, seconds=calendars.SECONDS, size=calendars.SIZE)
    app.extensions["portico_calendars"] = calendars.WebCalendars(GuardedClient(slow))
    saml = SamlSignOn(web)
    clients: dict[SignOnProtocol, SignOn] = {SignOnProtocol.OIDC: OidcSignOn(web), SignOnProtocol.SAML: saml}
    app.extensions["portico_sign_on"] = Kit(clients, app.extensions["portico_secret_box"], saml)
    app.extensions["portico_cards"] = CardKit(
        StripeCards(settings.stripe_address),
        app.extensions["portico_secret_box"],
        Platform(settings.stripe_key, settings.stripe_webhook_secret),
    )
    app.extensions["portico_push"] = _push(settings, web, app.extensions["portico_secret_box"])


def _push(settings: Settings, web: GuardedClient, box: KeyRing) -> PushKit | None:
    """None where push services could not reach who runs this server: some of them would refuse every message."""
    if not settings.push_subject:
        return None
    rules = hosts.Rules(settings.push_hosts, admits_loopback=not settings.production)
    return PushKit(WebPush(web, settings.push_subject, rules, system_clock), box)


def choose_live(settings: Settings) -> Live | None:
    """How events reach the hubs; None where the database brings them (`web.live`)."""
    if settings.redis_url:
        return RedisHubs(settings.redis_url)
    return None if settings.postgres else OwnHub(settings.live_socket)


def init_work(app: Flask, settings: Settings) -> None:
    """Background work: the web only rings for it, `flask --app wsgi worker` does it."""
    with app.app_context():
        open_session = db.session.session_factory
    templates = MailTemplates(app, settings)
    app.extensions["portico_mail_templates"] = templates
    tools = Tools(
        open_session,
        MailTools(app.extensions["portico_mail"], templates, app.app_context),
        PushTools(app.extensions["portico_push"], PushWords(app), app.app_context),
        app.extensions["portico_files"],
        ReadmeTemplate(app),
        ChargeSentences(app),
        app.extensions["portico_cards"],
        CalendarTools(app.extensions["portico_calendars"], app.extensions["portico_secret_box"]),
        system_clock,
        around=app.app_context,
    )
    init_bell(app, Work(tools, partial(open_queue, settings.data_dir, settings.redis_url)))
