"""What a table holds of people, said once: how it is exported, what becomes of it at the end, and at a merger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Ending(StrEnum):
    """What becomes of somebody's rows when nobody may know any more who it was."""

    DELETE = "delete"
    BLANK = "blank"
    """The rows stay as numbers; the columns in `blank` lose what they say."""
    KEEP = "keep"


class Merging(StrEnum):
    """What becomes of the rows of somebody who turns out to be somebody else."""

    MOVE = "move"
    ONE = "one"
    """They move, but where the other person has the like already (by a unique rule), theirs go."""
    DROP = "drop"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Holding:
    """One table. `tests/walls/test_privacy.py` says what is missing."""

    table: str
    ending: Ending
    merging: Merging
    whose: str = ""
    """The column that says whose the row is; empty when it only mentions people, or hangs on another table's row."""
    addressed: str = ""
    """The column that holds an e-mail, case-folded, of who may be no person yet: a row is also theirs who has it."""
    through: str = ""
    """The table on whose rows these hang: `notice` for a delivery."""
    mentions: tuple[str, ...] = ()
    """Further columns that name a person: who booked it for them. The id stays at the end, and nobody is behind it."""
    export: str = ""
    """The file in somebody's archive; empty when there is none."""
    hidden: tuple[str, ...] = ()
    """Columns that are never exported: secrets, and what only we understand."""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the archive says of a row that a column refers to, in place of its id: columns of that row's table."""
    blank: Mapping[str, Any] = field(default_factory=dict)
    """What a column says afterwards; a function is given the person's id."""
    plain: tuple[str, ...] = ()
    """Columns of text that say nothing of a person, and stay."""
    cleared: tuple[str, ...] = ()
    """Columns that are emptied when a row moves to the other person."""
    of_others: bool = False
    """A row tells what somebody whom it mentions did about whose it is. One that comes to be about oneself goes."""
    why: str = ""
    """Why it is kept, or not exported."""

    def blanked(self, person_id: int) -> dict[str, Any]:
        """What the columns say once this person is nobody."""
        return {
            name: value(person_id) if isinstance(value, Callable) else value  # type: ignore[arg-type]
            for name, value in self.blank.items()
        }
