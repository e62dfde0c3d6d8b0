"""Bring this checkout to the point where it can run: environment, packages, browser files, translations.

Every step leaves a stamp of what it was made from, so a second call does nothing and needs no network. Standard
library only, and it must start on an old Python too: only then can it say that a newer one is needed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.chromium import HOW_TO_GET_IT, find_chromium
from tools.terminal import StepFailed, explain, run, step
from tools.xmlsec import HOW_TO_GET_IT as HOW_TO_GET_XMLSEC
from tools.xmlsec import find_xmlsec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
NETWORK = "Check that this machine reaches its package registry, then run the same command again."


# --- stamps ----------------------------------------------------------------------------------------------------------


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
        digest.update(b"\0")
    return digest.hexdigest()


def _is_current(name: str, key: str) -> bool:
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text(encoding="ascii") == key


def _stamp(name: str, key: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(key, encoding="ascii")


def _stat_key(files: Iterable[Path]) -> str:
    """Fingerprint files by path, size and time of change: reading all of them would cost the second start."""
    return _digest(
        f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}".encode() for path in sorted(files)
    )


# --- Python ----------------------------------------------------------------------------------------------------------


def _version_of(program: str) -> tuple[int, ...]:
    """Return (major, minor) of a Python program, or () when it does not start."""
    question = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([program, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return ()
    return tuple(int(part) for part in answer.stdout.split())


def find_python() -> str:
    """Return the program of a Python that is new enough: the one running this first, then named ones on PATH."""
    names = [
        sys.executable,
        *(f"python3.{minor}" for minor in range(20, OLDEST_PYTHON[1] - 1, -1)),
        "python3",
    ]
    for name in names:
        program = shutil.which(name)
        if program and _version_of(program) >= OLDEST_PYTHON:
            return program
    wanted = ".".join(str(part) for part in OLDEST_PYTHON)
    raise StepFailed(
        f"Portico needs Python {wanted} or newer and found none. Install one (Debian: apt-get install python3; "
        "macOS: brew install python), or name it: make PYTHON=/path/to/python …"
    )


def _is_debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(package: str, advice: str) -> None:
    """Install a Debian package as root, refreshing the list of packages only when the first try fails."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    try:
        run(install, advice, env)
    except StepFailed:
        run(["apt-get", "update"], advice, env)
        run(install, advice, env)


def _has_ensurepip(python: str) -> bool:
    return (
        subprocess.run([python, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    )


def make_environment() -> None:
    """Create `.venv`; Debian keeps the part of Python that does this in a package of its own."""
    if PYTHON.is_file() and (VENV / "bin" / "pip").is_file():
        return
    python = find_python()
    advice = (
        f"Could not create {VENV}. On Debian: apt-get install python3-venv. Then run the same command again."
    )
    with step("Create the Python environment"):
        if not _has_ensurepip(python) and _is_debian_root():
            apt_install("python3-venv", advice)
        run([python, "-m", "venv", "--clear", str(VENV)], advice)


def install_python_packages(lock: str) -> None:
    """Install exactly what the lock says, checking every hash; `requirements-dev.lock` holds the runtime's too."""
    key = _digest([(ROOT / lock).read_bytes()])
    if _is_current(lock, key):
        return
    count = len(re.findall(r"^\S+==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
    with step(f"Install {count} Python packages"):
        command = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ]
        command += [
            "--require-hashes",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--requirement",
            str(ROOT / lock),
        ]
        run(command, f"The Python packages of {lock} could not be installed. {NETWORK}")
    _stamp(lock, key)


# --- browser packages ------------------------------------------------------------------------------------------------


def _node_is_new_enough() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)", answer)
    return major is not None and int(major.group(1)) >= OLDEST_NODE


def node_environment() -> dict[str, str]:
    """Return the environment in which `npm` is found: the machine's own, or the one that PyPI carries."""
    if _node_is_new_enough():
        return dict(os.environ)
    install_python_packages("requirements-node.lock")
    return {**os.environ, "PATH": os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)])}


def _browser_packages_are_there() -> bool:
    """Whether what we ask for is in its place: an interrupted npm leaves holes that no stamp knows of."""
    wanted = json.loads((ROOT / "package.json").read_bytes())["dependencies"]
    return all((ROOT / "node_modules" / name / "package.json").is_file() for name in wanted)


def install_browser_packages(*, with_dev: bool) -> None:
    """Fill `node_modules` from package-lock.json; no package's own install script is run."""
    key = _digest([(ROOT / "package-lock.json").read_bytes()])
    names = ["npm-dev"] if with_dev else ["npm", "npm-dev"]
    if _browser_packages_are_there() and any(_is_current(name, key) for name in names):
        return
    env = node_environment()
    with step("Install the browser packages"):
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(ROOT)]
        run([*command, *([] if with_dev else ["--omit=dev"])], f"npm ci failed. {NETWORK}", env)
    for name in ("npm", "npm-dev"):
        (STAMPS / name).unlink(missing_ok=True)
    _stamp(names[0], key)


# --- what is built from our own files --------------------------------------------------------------------------------


def build_assets() -> None:
    """Gather, hash and compress the static files when one of them changed."""
    made = [ROOT / "app/static/build", ROOT / "app/static/vendor"]
    fonts = ROOT / "app/integrations/paper/fonts/families.json"
    sources = [path for path in (ROOT / "app/static").rglob("*") if path.is_file()]
    sources = [path for path in sources if not any(folder in path.parents for folder in made)]
    key = _stat_key(
        [
            *sources,
            ROOT / "app/web/assets.py",
            ROOT / "app/web/esbuild.py",
            ROOT / "app/web/paper_fonts.py",
            ROOT / "package-lock.json",
        ]
    )
    if made[0].is_dir() and fonts.exists() and _is_current("assets", key):
        return
    with step("Build the static files"):
        run(
            [str(PYTHON), "-m", "tools.assets"],
            "The static files could not be built; the lines above say why.",
        )
    _stamp("assets", key)


def compile_translations() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    catalogues = list((ROOT / "app/translations").rglob("*.po"))
    stale = [po for po in catalogues if not _is_newer(po.with_suffix(".mo"), po)]
    if not stale:
        return
    with step("Compile the translations"):
        advice = "A message catalogue could not be compiled; the lines above name it."
        run([str(PYTHON), "-m", "tools.translations", "compile"], advice)


def _is_newer(made: Path, source: Path) -> bool:
    return made.is_file() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns


# --- Chromium --------------------------------------------------------------------------------------------------------


def provide_chromium() -> None:
    """Make sure that the browser journeys can run; they are never skipped."""
    if find_chromium():
        return
    with step("Install Chromium"):
        if os.environ.get("CHROMIUM") or not _is_debian_root():
            raise StepFailed(HOW_TO_GET_IT)
        apt_install("chromium", HOW_TO_GET_IT)
        if not find_chromium():
            raise StepFailed(HOW_TO_GET_IT)


# --- xmlsec1 ---------------------------------------------------------------------------------------------------------


def provide_xmlsec() -> None:
    """Make sure that the tests' identity provider can sign; its tests are never skipped."""
    if find_xmlsec():
        return
    with step("Install xmlsec1"):
        if os.environ.get("XMLSEC1") or not _is_debian_root():
            raise StepFailed(HOW_TO_GET_XMLSEC)
        apt_install("xmlsec1", HOW_TO_GET_XMLSEC)
        if not find_xmlsec():
            raise StepFailed(HOW_TO_GET_XMLSEC)


# --- all of it -------------------------------------------------------------------------------------------------------


def set_up(purpose: str) -> None:
    """Prepare for `run`, `checks` (linters and types) or `test` (everything, a browser included)."""
    with_dev = purpose != "run"
    make_environment()
    lock = "requirements-dev.lock" if with_dev else "requirements.lock"
    if with_dev or not _dev_lock_is_installed():
        install_python_packages(lock)
    install_browser_packages(with_dev=with_dev)
    build_assets()
    compile_translations()
    if purpose == "test":
        provide_chromium()
        provide_xmlsec()


def _dev_lock_is_installed() -> bool:
    return _is_current("requirements-dev.lock", _digest([(ROOT / "requirements-dev.lock").read_bytes()]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when everything is in place, 1 after saying what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for", dest="purpose", choices=["run", "checks", "test"], default="run")
    purpose = parser.parse_args(arguments).purpose
    os.chdir(ROOT)
    try:
        set_up(purpose)
    except StepFailed as failure:
        explain(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
