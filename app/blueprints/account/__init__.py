from app.blueprints.account.routes import blueprint

__all__ = ["blueprint"]
