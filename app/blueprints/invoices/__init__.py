"""A person's own invoices: the list, each document, what is made of it, and paying."""

from app.blueprints.invoices import kept, paying
from app.blueprints.invoices.routes import blueprint

__all__ = ["blueprint", "kept", "paying"]
