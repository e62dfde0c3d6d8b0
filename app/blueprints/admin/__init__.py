from app.blueprints.admin.routes import blueprint

__all__ = ["blueprint"]
