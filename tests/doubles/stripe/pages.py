"""The pages that a person sees: Checkout, the bank's page, an account's set-up. Plain forms, no script."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from tests.doubles.stripe import attempts, checkout, setups
from tests.doubles.stripe.call import shown
from tests.doubles.stripe.cards import CARDS, read_card
from tests.doubles.stripe.errors import StripeError
from tests.doubles.stripe.methods import make_method
from tests.doubles.stripe.platform import open_for_business
from tests.doubles.stripe.world import Account, Obj, World

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
Form = dict[str, str]


@dataclass(frozen=True)
class Page:
    """What the browser gets: a page, or where to go."""

    status: int
    html: str = ""
    location: str | None = None


def _page(template: str, status: int = 200, **values: Any) -> Page:
    return Page(status, TEMPLATES.get_template(template).render(**values))


def _go(url: str) -> Page:
    return Page(303, location=url)


def _said(
    heading: str, text: str, status: int = 200, link: str | None = None, link_text: str = "Back"
) -> Page:
    return _page("said.html", status, heading=heading, text=text, link=link, link_text=link_text)


NOTHING = _said("Nothing here", "The address is wrong, or what was here is gone.", 404)


class Pages:
    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, method: str, path: str, form: Form) -> Page:
        """A page of that address, or what its form does. The caller holds the world's lock."""
        found = re.fullmatch(r"/(c/pay|c/bank|3ds|setup)/(\w+)", path)
        if found is None:
            return NOTHING
        kind = {"3ds": None, "setup": "account_link"}.get(found[1], "checkout.session")
        for account in self.world.accounts.values():
            obj = account.table(kind).get(found[2]) if kind else account.any(found[2])
            if obj is not None:
                room = {
                    "c/pay": self._pay,
                    "c/bank": self._bank,
                    "3ds": self._confirmation,
                    "setup": self._set_up,
                }
                return room[found[1]](account, obj, form if method == "POST" else None)
        return NOTHING

    # --- Checkout ---

    def _pay(self, account: Account, session: Obj, form: Form | None) -> Page:
        if session["status"] != "open":
            return _closed(session)
        if form is None:
            return _checkout(session, session["_problem"], {"number": "", "expiry": ""})
        month, _, year = form.get("expiry", "").replace(" ", "").partition("/")
        try:
            now = self.world.now()
            card = read_card(form.get("number", ""), month, year, form.get("cvc", "").strip(), now)
        except StripeError as error:
            return _checkout(session, str(error), form, 402)
        method = make_method(self.world, account, *card)
        decline = checkout.submit(self.world, account, session, method)
        if decline is not None:
            return _checkout(session, decline.message, form, 402)
        if session["status"] == "complete":
            return _go(checkout.landing(session))
        return _go(f"/c/bank/{session['id']}")

    def _bank(self, account: Account, session: Obj, form: Form | None) -> Page:
        if session["status"] != "open":
            return _closed(session)
        if checkout.under_way(account, session) is None:
            return _go(f"/c/pay/{session['id']}")
        if form is None:
            return _ask(f"/c/bank/{session['id']}", session["amount_total"], session["currency"])
        succeeds = form.get("answer") == "complete"
        if checkout.return_from_bank(self.world, account, session, succeeds=succeeds) is None:
            return _go(checkout.landing(session))
        return _go(f"/c/pay/{session['id']}")

    # --- an intent confirmed by the API, whose holder was sent here ---

    def _confirmation(self, account: Account, intent: Obj, form: Form | None) -> Page:
        if intent.get("status") != "requires_action" or intent.get("_session"):
            return _said("Nothing to confirm", "This was confirmed already, or is not waiting any more.", 410)
        back = intent["_return_url"]
        is_payment = intent["object"] == "payment_intent"
        if form is None:
            amount = intent["amount"] if is_payment else None
            return _ask(f"/3ds/{intent['id']}", amount, intent.get("currency"))
        finish = attempts.authenticate if is_payment else setups.authenticate_setup
        finish(self.world, account, intent, succeeds=form.get("answer") == "complete")
        if not back:
            return _said("Done", "You may close this page.")
        name = intent["object"]
        joint = "&" if "?" in back else "?"
        return _go(f"{back}{joint}{name}={intent['id']}&{name}_client_secret={intent['client_secret']}")

    # --- Connect ---

    def _set_up(self, account: Account, link: Obj, form: Form | None) -> Page:
        if link["expires_at"] <= self.world.now() or link.get("_used"):
            return _go(link["_again"])
        if form is None:
            return _page("onboard.html", account=account.id, action=link["url"], back=link["_back"])
        link["_used"] = True
        open_for_business(self.world, account)
        return _go(link["_back"])


def _checkout(session: Obj, problem: str | None, typed: Form, status: int = 200) -> Page:
    digits = re.sub(r"[\s-]", "", typed.get("number", ""))
    known = {
        # Only what is a test card is shown again: nobody's real number comes back on a page.
        "number": typed.get("number", "") if digits in CARDS else "",
        "expiry": typed.get("expiry", ""),
    }
    items = session.get("_x_line_items", {"data": []})["data"]
    lines = [{"text": _line(each), "amount": shown(each["amount_total"], each["currency"])} for each in items]
    paying = session["mode"] == "payment"
    total = shown(session["amount_total"], session["currency"]) if paying else None
    return _page(
        "pay.html",
        status,
        heading="To pay" if paying else "Save a card",
        deed=f"Pay {total}" if paying else "Save card",
        total=total,
        lines=lines,
        problem=problem,
        typed=known,
        action=f"/c/pay/{session['id']}",
        back=session["cancel_url"],
    )


def _line(item: Obj) -> str:
    return f"{item['quantity']} × {item['description']}" if item["quantity"] > 1 else item["description"]


def _closed(session: Obj) -> Page:
    if session["status"] == "complete":
        done = "This was paid." if session["mode"] == "payment" else "The card was saved."
        return _said(
            "All done", f"{done} Nothing more is to do here.", 200, checkout.landing(session), "Continue"
        )
    text = "This payment page has expired. Nothing was taken. Go back and begin again."
    return _said("Expired", text, 410, session["cancel_url"] or None)


def _ask(action: str, amount: int | None, currency: str | None) -> Page:
    question = "Do you want to keep this card for later payments?"
    if amount is not None and currency is not None:
        question = f"Do you want to pay {shown(amount, currency)}?"
    return _page("secure.html", question=question, action=action)
