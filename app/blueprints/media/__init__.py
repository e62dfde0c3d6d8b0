from app.blueprints.media.routes import blueprint

__all__ = ["blueprint"]
