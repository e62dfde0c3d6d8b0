"""One run: its stages, made once and shared by its measurements, and the servers on them."""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from app.factory import create_app
from tools.bench import processes, stage
from tools.bench.stage import Stage
from tools.bench.talk import Talk, fill_talk
from tools.terminal import step

YARDSTICK = "sync"
"""The server on which the goals were set: it spends a connection on each request, bare or not. What serves people is
another (docs/decisions/0005-server.md); `servers` measures both."""


class Bench:
    """The stages of one run, made once and shared by its measurements."""

    def __init__(self, folder: Path, held: ExitStack) -> None:
        self.folder = folder
        self._held = held
        self._talk: dict[str, Talk] = {}

    @cached_property
    def sqlite(self) -> Stage:
        """The data on SQLite."""
        with step("Fill SQLite with 20 rooms and 10,000 bookings"):
            return stage.set_up(stage.sqlite_url(self.folder, "portico"), self.folder / "sqlite")

    @cached_property
    def postgres(self) -> Stage:
        """The same on PostgreSQL."""
        with step("Fill PostgreSQL with the same"):
            return stage.set_up(stage.postgres_url("portico"), self.folder / "postgres")

    def talk(self, on: Stage) -> Talk:
        """What people of a stage have said; it is written when it is first wanted, for it makes pages dearer."""
        url = on.settings.database_url
        if url not in self._talk:
            with step("Let people write to each other"):
                self._talk[url] = fill_talk(create_app(on.settings), on)
                stage.settle(url)
        return self._talk[url]

    def bare(self, kind: str = YARDSTICK) -> processes.Program:
        """A server of the bare hello."""
        return self._held.enter_context(
            processes.serve(kind, "tools.bench.bare:app", {}, self.folder / f"bare-{kind}.log")
        )

    def portal(self, on: Stage, name: str, kind: str = YARDSTICK) -> processes.Program:
        """A server of the portal on a stage."""
        return self._held.enter_context(
            processes.serve(kind, "wsgi:app", on.env, self.folder / f"{name}-{kind}.log")
        )
