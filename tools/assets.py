"""Pack the static files of this checkout, and make the typefaces of its documents."""

import sys
from pathlib import Path

from app.web.assets import AssetError, build
from app.web.paper_fonts import build_fonts

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Return 0 when the pack is written, 1 after saying which source is missing."""
    try:
        build(ROOT)
        build_fonts(ROOT)
    except AssetError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
