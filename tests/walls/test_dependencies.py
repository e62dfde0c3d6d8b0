"""What we import is declared, what is declared is explained, and the lock files name no place to download from."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
# Flask is one project in several packages; whoever asks for it asks for these.
FLASK_FAMILY = {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
# A server that a command names, typefaces that are read as files, data that the standard library finds.
WORKS_WITHOUT_AN_IMPORT = {"gunicorn", "justmytype-intl-rtl", "tzdata"}
ADDRESS = re.compile(r"https?:|--(?:extra-)?index-url|--find-links|\bgit\+")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[^\w.-]", one, maxsplit=1)[0]) for one in requirements}


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _runtime() -> set[str]:
    return _names(_project()["project"]["dependencies"])


def _for_development() -> set[str]:
    return _names([one for group in _project()["dependency-groups"].values() for one in group])


def _for_the_browser() -> set[str]:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return {*package["dependencies"], *package["devDependencies"]}


def _imported(folder: str) -> set[str]:
    """Packages of others that the files of a folder import."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"app", "migrations", "tests", "tools", "wsgi"}


def _distributions(modules: set[str]) -> set[str]:
    known = packages_distributions()
    return {_normal(known.get(module, [module])[0]) for module in modules}


def test_what_serves_people_imports_only_what_is_installed_for_it() -> None:
    imported = _distributions(_imported("app") | _imported("migrations"))
    assert "sqlalchemy" in imported
    assert imported - FLASK_FAMILY - _runtime() == set()


def test_what_serves_people_is_used() -> None:
    unused = _runtime() - _distributions(_imported("app") | _imported("migrations"))
    assert unused == WORKS_WITHOUT_AN_IMPORT


def test_what_checks_it_imports_only_what_is_declared() -> None:
    imported = _distributions(_imported("tests") | _imported("tools"))
    assert "pytest" in imported
    assert imported - FLASK_FAMILY - _runtime() - _for_development() == set()


def test_every_dependency_is_explained_and_nothing_else_is() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").partition("## Looked at")[0]
    explained = set(re.findall(r"^\| (@?[a-z][\w.@/-]*) \|", page, re.MULTILINE))
    assert explained == _runtime() | _for_development() | _for_the_browser()


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_a_lock_names_no_place_to_download_from(lock: Path) -> None:
    package_pages = re.compile(r'^\s*"url": ".*$', re.MULTILINE)  # where to thank an author
    assert not ADDRESS.search(package_pages.sub("", lock.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_carries_its_hash(lock: Path) -> None:
    packages = re.findall(r"^\S+==.*\\$", lock.read_text(encoding="utf-8"), re.MULTILINE)
    assert packages
    assert len(packages) == len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_both_locks_agree_on_every_version() -> None:
    runtime, everything = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime - everything == set()
