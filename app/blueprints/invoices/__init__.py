"""A person's own invoices: the list, each document, and what is made of it."""

from app.blueprints.invoices.routes import blueprint

__all__ = ["blueprint"]
