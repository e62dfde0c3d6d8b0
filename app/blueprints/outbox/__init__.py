from app.blueprints.outbox.routes import blueprint

__all__ = ["blueprint"]
