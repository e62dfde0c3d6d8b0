"""esbuild, the program that joins our modules and stylesheets and packs them tight.

It is a single native program, so packing needs no Node.js: `npm ci` puts the one for this machine in its place.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_ARGUMENTS = (
    "--bundle",
    "--minify",
    "--format=esm",
    "--charset=utf8",
    "--legal-comments=none",
    "--entry-names=[name]",
    # Named by its content's hash, which it is not this program's to give.
    "--external:*.woff2",
    "--log-level=warning",
    "--color=false",
)


class BundleError(Exception):
    """The program is not here, or has something to say about a source; the message is for whoever packs."""


def bundle(root: Path, entries: Iterable[Path]) -> Mapping[str, bytes]:
    """Each entry by its file name, with all that it imports in it. Raises BundleError, for a warning too."""
    programs = sorted((root / "node_modules/@esbuild").glob("*/bin/esbuild"))
    if not programs:
        raise BundleError(
            f"esbuild is missing in {root / 'node_modules'}; `npm ci` installs the browser packages."
        )
    with tempfile.TemporaryDirectory() as folder:
        command = [str(programs[0]), *map(str, entries), *_ARGUMENTS, f"--outdir={folder}"]
        try:
            done = subprocess.run(  # noqa: S603 (a program and paths of our own)
                command, cwd=root, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise BundleError(
                f"esbuild does not run on this machine ({error}); `npm ci` installs the one that does."
            ) from error
        if done.returncode or done.stderr:
            raise BundleError(f"esbuild could not pack the browser files:\n{done.stderr.strip()}")
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
