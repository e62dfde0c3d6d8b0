"""What can be wrong with a calendar of elsewhere."""

from enum import StrEnum

from app.kernel.errors import Refusal


class Fault(StrEnum):
    """Beside what goes wrong on the way there (`ports.FetchFault`)."""

    BAD_STATUS = "bad_status"
    NO_CALENDAR = "no_calendar"
    TOO_MANY = "too_many"
    FAILED = "failed"
    """In a way that nobody foresaw; the log says how."""
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a fault, no secret


class Unreadable(Exception):
    """Nothing of it can be gone by. `detail` says what was found, for who typed the address."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


class NoWebAddress(Refusal):
    """It is no address that could be fetched."""
