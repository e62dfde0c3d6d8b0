"""Whether what was issued is as it was issued: the chain from its beginning, and numbers without a gap."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.invoicing.document import chained
from app.models import DocumentChain, DocumentSeries, Invoice

_PIECE = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many documents there are, and a line for each thing that is not as it should be."""

    documents: int
    faults: tuple[str, ...]


def verify(session: Session) -> Verdict:
    """Read every issued document of the tenant in the order of the chain, a piece at a time."""
    faults: list[str] = []
    hash_before, count = "", 0
    for row in _issued(session):
        count += 1
        text = row.document or {}
        if row.chain_position != count:
            faults.append(f"{row.number}: place {row.chain_position} where {count} is due")
        if chained(text, hash_before) != row.hash:
            faults.append(f"{row.number}: its text does not belong to its hash")
        if (text.get("number"), text.get("total_minor")) != (row.number, row.total_minor):
            faults.append(f"{row.number}: its row says something else than its text")
        hash_before = row.hash or ""
    chain = session.scalars(select(DocumentChain)).one_or_none()
    if (count, hash_before) != ((chain.length, chain.last_hash) if chain else (0, "")):
        faults.append("the chain ends before its end: the last documents are missing")
    numbered = sum(each.next_number - 1 for each in session.scalars(select(DocumentSeries)))
    if numbered != count:
        faults.append(f"{numbered} numbers were given to {count} documents")
    return Verdict(count, tuple(faults))


def _issued(session: Session) -> Iterator[Invoice]:
    after = 0
    while True:
        rows = session.scalars(
            select(Invoice)
            .where(Invoice.chain_position > after)
            .order_by(Invoice.chain_position)
            .limit(_PIECE)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].chain_position or 0
        session.expunge_all()
