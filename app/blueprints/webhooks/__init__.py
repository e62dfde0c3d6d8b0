"""What other systems tell us by themselves; their signatures are checked before anything else."""

from app.blueprints.webhooks.routes import blueprint

__all__ = ["blueprint"]
