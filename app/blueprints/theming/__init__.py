from app.blueprints.theming.routes import blueprint

__all__ = ["blueprint"]
