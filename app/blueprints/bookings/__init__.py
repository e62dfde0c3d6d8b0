from app.blueprints.bookings.routes import blueprint

__all__ = ["blueprint"]
