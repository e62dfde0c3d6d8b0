from app.blueprints.pwa.routes import blueprint

__all__ = ["blueprint"]
