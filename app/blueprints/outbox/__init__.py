"""Mails that were kept instead of sent, for who develops or tries Portico. Never registered in production."""

from app.blueprints.outbox.routes import blueprint

__all__ = ["blueprint"]
