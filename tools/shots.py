"""Photograph the main pages on the demo data, at three widths, light and dark, into test-results/shots.

With --readme also the pictures of docs/pictures/, small enough to be committed.
"""

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import flask_migrate
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from app.demo import fill_demo
from app.factory import create_app
from app.models import Tenant
from app.settings import Settings
from app.tenancy import tenant_session
from app.web.database import db
from tools.chromium import HOW_TO_GET_IT, find_chromium
from tools.dressing import TOKEN, dress

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "test-results" / "shots"
PICTURES = ROOT / "docs" / "pictures"
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "desktop": (1440, 900)}
SCHEMES = ("light", "dark")
TENANT = "northlight"
PASSWORD = "portico-demo"  # noqa: S105 (the demo's, which the welcome prints)
FLAGS = [
    "--lang=en-GB",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


@dataclass(frozen=True)
class Shot:
    """One page: who looks (nobody without a name), where, and what to press first."""

    name: str
    who: str
    path: str
    press: str = ""
    offline: bool = False


PAGES = (
    Shot("sign-in", "", "/login"),
    Shot("password-forgotten", "", "/password/forgotten"),
    Shot("mail-link", "", "/login/link"),
    Shot("join", "", "/join"),
    Shot("terms", "", "/terms"),
    Shot("invitation", "", f"/invitation/{TOKEN}"),
    Shot("team-invitation", "", f"/team/invitation/{TOKEN}"),
    Shot("home", "member", "/"),
    Shot("book", "member", "/bookings/search"),
    Shot("checkout", "member", "/bookings/search", press="#hold button[name=slot]"),
    Shot("my-bookings", "member", "/bookings/mine"),
    Shot("invoices", "member", "/invoices"),
    Shot("invoice", "member", "/invoices/1"),
    Shot("cards", "member", "/invoices/cards"),
    Shot("plans", "member", "/plans"),
    Shot("plans-mine", "member", "/plans/mine"),
    Shot("products", "member", "/products"),
    Shot("products-basket", "member", "/products/basket"),
    Shot("products-checkout", "member", "/products/checkout"),
    Shot("products-mine", "member", "/products/mine"),
    Shot("plan-join", "contact", "/plans/2/join"),
    Shot("plan-details", "contact", "/plans/2/join/details"),
    Shot("plan-enquiry", "contact", "/plans/6/enquiry"),
    Shot("plan-linked", "contact", f"/plans/l/{TOKEN}"),
    Shot("plan-linked-visitor", "", f"/plans/l/{TOKEN}"),
    Shot("day", "member", "/bookings/day"),
    Shot("floor", "member", "/bookings/floor"),
    Shot("week", "member", "/bookings/week"),
    Shot("repeat", "member", "/bookings/mine", press="a[href*='/bookings/series/']"),
    Shot("account", "member", "/account"),
    Shot("profile", "member", "/account/profile"),
    Shot("email", "member", "/account/email"),
    Shot("privacy", "member", "/account/privacy"),
    Shot("as-others-see-me", "member", "/account/privacy/preview"),
    Shot("security", "member", "/account/security"),
    Shot("password", "member", "/account/password"),
    Shot("sessions", "member", "/account/sessions"),
    Shot("linked-accounts", "member", "/account/linked-accounts"),
    Shot("activity", "member", "/account/activity"),
    Shot("my-data", "member", "/account/data"),
    Shot("deletion", "member", "/account/deletion"),
    Shot("teams", "member", "/team"),
    Shot("team", "member", "/team/1"),
    Shot("team-bookings", "member", "/team/1/bookings"),
    Shot("team-person", "member", "/team/1", press="#main .list a.list-row >> nth=1"),
    Shot("directory", "member", "/directory"),
    Shot("directory-beside", "member", "/directory?here=1&person=9"),
    Shot("directory-teams", "member", "/directory/teams"),
    Shot("directory-team", "member", "/directory/teams/1"),
    Shot("person", "member", "/people/6"),
    Shot("announcements", "member", "/announcements"),
    Shot("announcement", "member", "/announcements/2"),
    Shot("offline", "member", "/bookings/mine", offline=True),
    Shot("today", "owner", "/admin"),
    Shot("desk-day", "desk", "/admin/bookings/day"),
    Shot("book-for", "desk", "/admin/bookings/new?person=4"),
    Shot("people", "owner", "/admin/people"),
    Shot("person-at-the-desk", "owner", "/admin/people/5"),
    Shot("person-new", "owner", "/admin/people/new"),
    Shot("merge", "owner", "/admin/people/5/merging"),
    Shot("anonymise", "owner", "/admin/people/5/anonymising"),
    Shot("invitations", "owner", "/admin/people/invitations"),
    Shot("invite", "owner", "/admin/people/invitations/new"),
    Shot("invitation-list", "owner", "/admin/people/invitations/lists/new"),
    Shot("waiting", "owner", "/admin/people/waiting"),
    Shot("teams-at-the-desk", "owner", "/admin/teams"),
    Shot("team-at-the-desk", "owner", "/admin/teams/1"),
    Shot("team-new", "owner", "/admin/teams/new"),
    Shot("roles", "owner", "/admin/roles"),
    Shot("role-new", "owner", "/admin/roles/new"),
    Shot("audit", "owner", "/admin/audit"),
    Shot("announcements-at-the-desk", "owner", "/admin/announcements"),
    Shot("announcement-new", "owner", "/admin/announcements/new"),
    Shot("announcement-planned", "owner", "/admin/announcements/3"),
    Shot("announcement-sent", "owner", "/admin/announcements/2"),
    Shot("skills", "owner", "/admin/skills"),
    Shot("settings", "owner", "/admin/settings"),
    Shot("settings-home", "owner", "/admin/settings/home"),
    Shot("settings-joining", "owner", "/admin/settings/joining"),
    Shot("settings-sign-on", "owner", "/admin/settings/sign-on"),
    Shot("settings-provider", "owner", "/admin/settings/sign-on/1"),
    Shot("settings-privacy", "owner", "/admin/settings/privacy"),
    Shot("settings-invoices", "owner", "/admin/settings/invoices"),
    Shot("settings-payments", "owner", "/admin/settings/payments"),
    Shot("held-money", "owner", "/admin/payments"),
    Shot("settings-overdue", "owner", "/admin/settings/overdue"),
    Shot("invoices-all", "desk", "/admin/invoices"),
    Shot("invoice-issued", "desk", "/admin/invoices/1"),
    Shot("payer", "desk", "/admin/invoices/payers/4"),
    Shot("contract-price", "owner", "/admin/people/4/contracts/1/price"),
    Shot("plan-terms", "owner", "/admin/plans/1/terms"),
    Shot("products-admin", "owner", "/admin/products"),
    Shot("product", "owner", "/admin/products/2"),
    Shot("product-sale", "owner", "/admin/people/1/sales/new"),
    Shot("billing", "owner", "/admin/billing"),
    Shot("journal", "owner", "/admin/invoices/journal"),
    Shot("contracts", "owner", "/admin/contracts"),
    Shot("figures", "owner", "/admin/figures"),
    Shot("figures-contracts", "owner", "/admin/figures/contracts"),
    Shot("figures-occupancy", "owner", "/admin/figures/occupancy"),
)
README = (
    ("home", "phone", "light"),
    ("book", "phone", "dark"),
    ("settings", "desktop", "light"),
    ("plans", "desktop", "light"),
    ("invoices", "phone", "dark"),
)


@contextmanager
def _demo() -> Iterator[str]:
    """Serve the demo from a database of its own on a free port, and yield the address."""
    with tempfile.TemporaryDirectory(prefix="portico-shots-") as folder:
        data = Path(folder)
        app = create_app(
            Settings(
                environment="development",
                secret_key="x" * 40,
                data_dir=data,
                database_url=f"sqlite:///{data / 'demo.db'}",
            )
        )
        _fill(app)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _fill(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()
        now = datetime.now(UTC)
        fill_demo(db.session.session_factory, app.extensions["portico_files"], now)
        tenant_id = db.session.scalars(select(Tenant.id).where(Tenant.slug == TENANT)).one()
        with tenant_session(db.session.session_factory, tenant_id) as session:
            dress(session, now)
            session.commit()
        db.session.remove()


def _sign_in(page: Page, who: str) -> None:
    page.goto("/login")
    page.locator("[name=email]").fill(f"{who}@{TENANT}.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form[action='/login'] button").click()
    page.wait_for_url(lambda url: "/login" not in url)


def _show(page: Page, shot: Shot) -> None:
    page.goto(shot.path)
    if shot.press:
        with page.expect_navigation():
            page.locator(shot.press).first.click()
    if shot.offline:
        page.wait_for_load_state("networkidle")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.context.set_offline(True)
        page.goto(shot.path)
    page.wait_for_load_state("networkidle")


def _take(context: BrowserContext, shots: list[Shot], folder: Path, suffix: str) -> list[str]:
    """Photograph pages that one person sees; return the names of those that did not come."""
    missing = []
    page = context.new_page()
    if shots[0].who:
        _sign_in(page, shots[0].who)
    for shot in shots:
        try:
            _show(page, shot)
            page.screenshot(path=folder / f"{shot.name}-{suffix}.png")
        except Exception as error:  # noqa: BLE001 (one page that fails must not hide the others)
            missing.append(f"{shot.name}-{suffix}: {str(error).splitlines()[0]}")
        context.set_offline(offline=False)
    return missing


def _photograph(browser: Browser, address: str, size: str, scheme: str, pages: list[Shot]) -> list[str]:
    width, height = SIZES[size]
    missing = []
    for who in dict.fromkeys(shot.who for shot in pages):
        context = browser.new_context(
            base_url=address,
            locale="en-GB",
            viewport={"width": width, "height": height},
            device_scale_factor=2 if size == "phone" else 1,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        missing += _take(context, [shot for shot in pages if shot.who == who], SHOTS, f"{size}-{scheme}")
        context.close()
    return missing


def _write_readme_pictures() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, size, scheme in README:
        with Image.open(BytesIO((SHOTS / f"{name}-{size}-{scheme}.png").read_bytes())) as image:
            image.convert("RGB").save(PICTURES / f"{name}-{size}.webp", quality=82, method=6)


def main() -> int:
    """Return 1 when a page did not come or there is no Chromium."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="renew the pictures in docs/pictures as well")
    parser.add_argument("names", nargs="*", help="pages to take; all without any")
    arguments = parser.parse_args()
    pages = [shot for shot in PAGES if not arguments.names or shot.name in arguments.names]
    program = find_chromium()
    if program is None:
        print(HOW_TO_GET_IT, file=sys.stderr)
        return 1
    SHOTS.mkdir(parents=True, exist_ok=True)
    missing = []
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with _demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        for size in SIZES:
            for scheme in SCHEMES:
                missing += _photograph(browser, address, size, scheme, pages)
                print(f"✓ {size}, {scheme}", flush=True)
        browser.close()
    for line in missing:
        print(f"✗ {line}", file=sys.stderr)
    if arguments.readme:
        _write_readme_pictures()
    print(f"{len(list(SHOTS.glob('*.png')))} pictures in {SHOTS.relative_to(ROOT)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
