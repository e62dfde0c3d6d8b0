"""Work of which one piece must not keep the others from being done."""

import logging
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


def guarded(work: Callable[[], Result], trouble: str, *facts: object) -> Result | None:
    """What the work gives; None where anything went wrong, which the log says as `trouble` of these `facts`."""
    try:
        return work()
    except Exception:  # noqa: BLE001 - whatever it is, what comes after goes on
        _log.exception(trouble, *facts)
        return None
