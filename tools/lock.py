"""Write the lock files: exact versions with hashes for Debian and macOS, and no address to download from.

Which registry serves the packages is the business of the machine that installs them; the hashes make sure that it
serves the same bytes.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tools.setup import node_environment

ROOT = Path(__file__).resolve().parent.parent
# A lock per reason to install. The second holds the first, at the same versions.
LOCKS = {
    "requirements.lock": ["pyproject.toml"],
    "requirements-dev.lock": ["pyproject.toml", "--group", "dev", "--constraints", "requirements.lock"],
    "requirements-node.lock": ["--group", "node"],
}
# `.npmrc` keeps the registry's address out of this one.
BROWSER_LOCK = ["npm", "install", "--package-lock-only", "--ignore-scripts"]
ADDRESS = re.compile(r"https?://|^\s*(--index-url|--extra-index-url|--find-links|-i |-f )", re.MULTILINE)


def _compile(name: str, sources: list[str]) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", *sources]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--quiet", "--upgrade", "--output-file", name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    if found := ADDRESS.search((ROOT / name).read_text(encoding="utf-8")):
        sys.exit(f"{name} contains a download address ({found.group().strip()}); locks must not.")


def main() -> None:
    """Write every lock file, or end with a sentence that says which one is unfit."""
    print("Resolving package-lock.json …", flush=True)
    subprocess.run(BROWSER_LOCK, cwd=ROOT, env=node_environment(), check=True, stdout=subprocess.DEVNULL)
    for name, sources in LOCKS.items():
        print(f"Resolving {name} …", flush=True)
        _compile(name, sources)


if __name__ == "__main__":
    main()
