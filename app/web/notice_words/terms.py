"""What the words of a notice are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Worded(Protocol):
    """What words are made from: a row of the inbox, or the letter that a mail is written from."""

    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def times(self) -> int: ...


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """What can be done about it with one tap: a form that posts to the section's own route, or a link.

    The inbox and the banner on a device show the same ones. A banner changes nothing that way: one that posts leads to a
    page that asks for one press more, for whoever holds a locked phone may press what stands on it.
    """

    key: str
    """What its address and its button on a banner are called: `approve`."""
    label: str
    href: str
    posts: bool = False
    reads: bool = False
    """It says nothing but that its reader has read this, so a banner does it by itself."""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """`href` is a path of the portal, where all of it can be seen. Of the actions the first one is what most want."""

    title: str
    body: str
    href: str
    icon: str = ""
    actions: tuple[NoticeAction, ...] = ()

    def action(self, key: str) -> NoticeAction | None:
        """The action of that key, if it has one."""
        return next((each for each in self.actions if each.key == key), None)
