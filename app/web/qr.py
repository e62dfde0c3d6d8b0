"""QR codes as SVG path data, so that a page draws them in its own colours and needs no request."""

from dataclasses import dataclass
from urllib.parse import quote

import segno


@dataclass(frozen=True, slots=True)
class QrCode:
    """`path` fills the dark modules of a square of `side` units, quiet zone included."""

    side: int
    path: str

    @property
    def address(self) -> str:
        """The drawing as a data address, for an `<img>` of a page that has no connection."""
        side = self.side
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
            f'<path d="{self.path}"/></svg>'
        )
        return f"data:image/svg+xml,{quote(svg)}"


def qr_code(text: str) -> QrCode:
    """The code of a text, with error correction that survives a scratched screen."""
    code = segno.make(text, error="m", micro=False)
    runs = []
    for y, row in enumerate(code.matrix_iter(border=2)):
        x = 0
        cells = bytes(row)
        while x < len(cells):
            end = x
            while end < len(cells) and cells[end]:
                end += 1
            if end > x:
                runs.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    return QrCode(int(code.symbol_size(border=2)[0]), "".join(runs))
