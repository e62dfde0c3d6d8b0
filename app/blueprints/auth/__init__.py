from app.blueprints.auth.routes import blueprint

__all__ = ["blueprint"]
