"""The Paper port on Typst, which runs inside of this process: PDF/A-3a, tagged, with embedded typefaces.

No word of a document is ever markup: all of it goes in as JSON, and what it cannot print as a mark for what is missing.
"""

import json
import threading
from bisect import bisect_right
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from app.integrations.paper.facturx_marks import marked
from app.ports import PaperNotMade, PaperSheet

_LAYOUT = Path(__file__).parent / "invoice.typ"
FONTS = Path(__file__).parent / "fonts"
"""Made by `app/web/paper_fonts.py`."""
_AT_ONCE = 2
"""Documents; each takes a core for as long as it takes."""
_SECONDS = 15
_MISSING = "?"
_INVISIBLE = "\u2066\u2067\u2068\u2069\u200e\u200f\u200b\u200c\u200d\ufeff\u00ad"
"""What turns or joins text and is no glyph of its own."""
_MAGIC = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"RIFF", "webp"))


class TypstPaper:
    """The Paper port. Opens its typefaces with the first document."""

    def __init__(self, fonts: Path = FONTS, seconds: float = _SECONDS) -> None:
        self._folder = fonts
        self._seconds = seconds
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def make(self, sheet: PaperSheet, at: datetime, e_invoice: bytes | None) -> bytes:
        job = self._submit(sheet, at, e_invoice)
        try:
            plain = job.result(self._seconds)
        except TimeoutError:
            job.cancel()
            raise PaperNotMade(f"{sheet.number} took longer than {self._seconds} s") from None
        except (typst.TypstError, OSError, ValueError, RuntimeError) as error:
            raise PaperNotMade(f"{sheet.number}: {error}") from error
        return plain if e_invoice is None else marked(plain)

    def _submit(self, sheet: PaperSheet, at: datetime, e_invoice: bytes | None) -> Future[bytes]:
        # Threads do not outlive a fork, so the pool is made where it is used first.
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="paper")
        return self._pool.submit(self._compile, sheet, at, e_invoice)

    def _compile(self, sheet: PaperSheet, at: datetime, e_invoice: bytes | None) -> bytes:
        data = self._printable(asdict(sheet) | {"logo": None})
        data |= {"families": self._index["families"], "e_invoice": None}
        if e_invoice is not None:
            data["e_invoice"] = e_invoice.decode()
        with TemporaryDirectory(prefix="paper-") as folder:
            layout = Path(folder) / _LAYOUT.name
            layout.write_bytes(_LAYOUT.read_bytes())
            if sheet.logo is not None:
                data["logo"] = f"logo.{_suffix(sheet.logo)}"
                (Path(folder) / data["logo"]).write_bytes(sheet.logo)
            return typst.compile(
                str(layout),
                root=folder,
                font_paths=self._fonts,
                ignore_system_fonts=True,
                sys_inputs={"sheet": json.dumps(data)},
                pdf_standards="a-3a",
                # Whole seconds: a document says no more of when it was made.
                timestamp=int(at.timestamp()),
            )

    @cached_property
    def _fonts(self) -> typst.Fonts:
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[self._folder]
        )

    @cached_property
    def _index(self) -> dict[str, Any]:
        path = self._folder / "families.json"
        if not path.exists():
            raise PaperNotMade(f"{path} is missing; `python -m tools.assets` makes it")
        return dict(json.loads(path.read_text()))

    @cached_property
    def _starts(self) -> list[int]:
        return [first for first, _last in self._index["ranges"]]

    def _printable(self, part: Any) -> Any:
        """The same with a mark for each character that no typeface has: PDF/A refuses a file with such a one."""
        match part:
            case str():
                return "".join(each if self._has(each) else _MISSING for each in part)
            case dict():
                return {key: self._printable(each) for key, each in part.items()}
            case list() | tuple():
                return [self._printable(each) for each in part]
            case _:
                return part

    def _has(self, char: str) -> bool:
        if char in _INVISIBLE or char == "\n":
            return True
        at = bisect_right(self._starts, ord(char)) - 1
        return at >= 0 and ord(char) <= self._index["ranges"][at][1]


def _suffix(logo: bytes) -> str:
    return next((suffix for magic, suffix in _MAGIC if logo.startswith(magic)), "svg")
