"""What a step is, and whoever takes it: one who does things in the busy house, and finds what to do them to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.kernel.errors import Refusal
from app.models import Booking, BookingSeries, BookingStatus
from app.tenancy import begin_writing
from tests.support.busy.house import PEOPLE, ROOMS, RunningClock
from tests.support.world import TenantWorld


class Step(NamedTuple):
    """Who does what to which, when, for how long, and how else."""

    verb: str
    who: int = 0
    which: int = 0
    at: int = 0
    long: int = 2
    more: int = 0


class NothingToDo(Exception):
    """There is nothing that the verb could be done to."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: `done`, `refused` or `idle`, and the refusal."""

    verb: str
    word: str
    refusal: Refusal | None = None


@dataclass(frozen=True)
class House:
    """A session of one who does things, in the house and at its time."""

    session: Session
    tenant: TenantWorld
    clock: RunningClock

    def actor(self, step: Step) -> Actor:
        return self.tenant.actor(PEOPLE[step.who % len(PEOPLE)])

    @property
    def desk(self) -> Actor:
        return self.tenant.actor("desk")

    @property
    def manager(self) -> Actor:
        return self.tenant.actor("manager")

    def room(self, number: int) -> int:
        return self.tenant.rooms[ROOMS[number % len(ROOMS)]]

    def pick(self, step: Step, model: Any, *where: Any) -> Any:
        """One of those there are, the newest for the smallest number."""
        rows = self.session.scalars(select(model).where(*where).order_by(model.id.desc())).all()
        if not rows:
            raise NothingToDo
        return rows[step.which % len(rows)]

    def whose(self, step: Step, booking: Booking | BookingSeries) -> Actor:
        """Mostly whose it is; staff on their behalf, and once in a while a stranger."""
        if step.who == 3:
            return self.desk
        if step.who == 2:
            return self.actor(step)
        name = next(name for name, each in self.tenant.people.items() if each == booking.person_id)
        return self.tenant.actor(name)

    def standing(self, step: Step) -> Booking:
        booking: Booking = self.pick(step, Booking, Booking.status == BookingStatus.CONFIRMED)
        return booking

    def running(self, step: Step) -> Booking:
        now = self.clock()
        running = Booking.starts_at <= now, Booking.ends_at > now
        booking: Booking = self.pick(step, Booking, Booking.status == BookingStatus.CONFIRMED, *running)
        return booking

    @property
    def place(self) -> int:
        """Where most of the rooms are."""
        return self.tenant.locations["Leith Walk"]


Verb = Callable[[House, Step], None]


def periodic(job: Callable[[Session, Any], int]) -> Verb:
    """What the worker does once in a while; idle where it had nothing to do."""

    def sweep(house: House, _step: Step) -> None:
        begin_writing(house.session)
        if not job(house.session, house.clock()):
            # What it noted stays: a warning is no release yet
            house.session.commit()
            raise NothingToDo

    return sweep
