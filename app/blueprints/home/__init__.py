from app.blueprints.home.routes import blueprint

__all__ = ["blueprint"]
