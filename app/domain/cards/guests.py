"""The link by which somebody without an account pays an invoice: random, and dead once nothing is open."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.invoicing.settling import open_minor
from app.domain.lookup import one
from app.domain.or_nothing import insert_or_nothing
from app.kernel.errors import NotFound
from app.models import DocumentKind, Invoice, InvoiceLink
from app.tenancy import begin_writing


def link_of(session: Session, invoice_id: int) -> str | None:
    """The token of an invoice's link, if somebody made one."""
    return session.scalars(
        select(InvoiceLink.token).where(InvoiceLink.invoice_id == invoice_id)
    ).one_or_none()


def make_link(session: Session, actor: Actor, invoice: Invoice, now: datetime) -> str:
    """The token of an invoice's link; the one that is there, or a new one. Raises NotFound where nothing is open."""
    begin_writing(session)
    if open_minor(session, one(session, Invoice, invoice.id)) <= 0:
        raise NotFound
    made = insert_or_nothing(
        session,
        InvoiceLink,
        invoice_id=invoice.id,
        token=secrets.token_urlsafe(24),
        made_by_id=actor.person_id,
        made_at=now,
    )
    if made is not None:
        record(
            session,
            now,
            actor.person_id,
            "invoice_link.created",
            subject="invoice",
            subject_id=invoice.id,
            for_id=invoice.payer_id,
        )
    session.flush()
    return link_of(session, invoice.id) or ""


def withdraw_link(session: Session, actor: Actor, invoice: Invoice, now: datetime) -> None:
    """Nobody pays by it any more; whoever needs one makes another."""
    begin_writing(session)
    found = session.scalars(select(InvoiceLink).where(InvoiceLink.invoice_id == invoice.id)).one_or_none()
    if found is None:
        return
    session.delete(found)
    record(
        session,
        now,
        actor.person_id,
        "invoice_link.removed",
        subject="invoice",
        subject_id=invoice.id,
        for_id=invoice.payer_id,
    )
    session.flush()


def invoice_of_link(session: Session, token: str) -> Invoice:
    """Raises NotFound for a link that is dead or never was."""
    if not (token.isascii() and token.isprintable()):
        raise NotFound  # what no database takes for a text
    found = session.scalars(
        select(Invoice)
        .join(
            InvoiceLink, (InvoiceLink.tenant_id == Invoice.tenant_id) & (InvoiceLink.invoice_id == Invoice.id)
        )
        .where(InvoiceLink.token == token, Invoice.kind == DocumentKind.INVOICE)
    ).one_or_none()
    if found is None or open_minor(session, found) <= 0:
        raise NotFound
    return found
