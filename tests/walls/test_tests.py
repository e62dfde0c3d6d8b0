"""Tests are held to rules too: nothing runs by accident, nothing is skipped silently, nothing cannot fail."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(TESTS.rglob("test_*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SKIPS = {"skip", "skipif", "xfail", "importorskip"}
# Calls that fail by themselves when what they look at is wrong.
VERIFYING_CALLS = {"raises", "warns", "fail", "expect"}


def _name_of(call: ast.expr) -> str:
    """The last name of what is called: `raises` for `pytest.raises(…)`."""
    while isinstance(call, ast.Call):
        call = call.func
    return call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")


def _is_fixture(function: Function) -> bool:
    return any(_name_of(decorator) in {"fixture", "composite"} for decorator in function.decorator_list)


def _is_known_kind(function: Function) -> bool:
    return function.name.startswith(("test_", "_")) or _is_fixture(function)


def _functions(tree: ast.Module) -> Iterator[Function]:
    """Functions of the file and methods of its test classes; those inside of functions are nobody's business."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            yield node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (inner for inner in node.body if isinstance(inner, FUNCTIONS))


def _strangers(tree: ast.Module) -> list[str]:
    return [function.name for function in _functions(tree) if not _is_known_kind(function)]


def _silent_skips(tree: ast.Module) -> list[int]:
    """Lines that skip a test, or expect it to fail, without saying why."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {id(call.func) for call in calls}
    bare = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and id(node) not in called)
    silent = [call.lineno for call in calls if _name_of(call) in SKIPS and not _says_why(call)]
    return silent + [mark.lineno for mark in bare if mark.attr in SKIPS]


def _says_why(call: ast.Call) -> bool:
    named = any(keyword.arg in {"reason", "msg"} for keyword in call.keywords)
    return named or (_name_of(call) == "skip" and bool(call.args))


def _calls(function: Function) -> set[str]:
    return {_name_of(node) for node in ast.walk(function) if isinstance(node, ast.Call)}


def _verifies_itself(function: Function) -> bool:
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(function))
    return asserts or bool(_calls(function) & VERIFYING_CALLS)


def _unable_to_fail(trees: list[ast.Module]) -> list[str]:
    """Tests that assert nothing, neither themselves nor through a helper that does (or calls one that does)."""
    everything = [node for tree in trees for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    verifying = {function.name for function in everything if _verifies_itself(function)}
    grown = True
    while grown:
        more = {function.name for function in everything if _calls(function) & verifying} - verifying
        grown = bool(more)
        verifying |= more
    tests = (function for function in everything if function.name.startswith("test_"))
    return [function.name for function in tests if function.name not in verifying]


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_there_are_files_to_look_at() -> None:
    assert Path(__file__).resolve() in FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_every_function_is_a_test_a_fixture_or_a_private_helper(path: Path) -> None:
    assert _strangers(_parse(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_is_skipped_without_a_reason(path: Path) -> None:
    assert _silent_skips(_parse(path)) == []


def test_every_test_can_fail() -> None:
    trees = [_parse(path) for path in TESTS.rglob("*.py")]
    assert _unable_to_fail(trees) == []


def test_a_function_with_a_mistyped_name_is_noticed() -> None:
    assert _strangers(ast.parse("def tset_it_works(): assert False")) == ["tset_it_works"]
    assert _strangers(ast.parse("class TestRoom:\n  def it_works(self): ...")) == ["it_works"]


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.skip\ndef test_it(): ...",
        "pytest.skip()",
        "@mark.xfail()\ndef test_it(): ...",
        "x = importorskip('y')",
    ],
)
def test_a_silent_skip_is_noticed(source: str) -> None:
    assert len(_silent_skips(ast.parse(source))) == 1


def test_a_skip_that_says_why_is_allowed() -> None:
    assert _silent_skips(ast.parse("pytest.skip('no such signal on this system')")) == []
    assert _silent_skips(ast.parse("@mark.skipif(x, reason='why')\ndef test_it(): ...")) == []


def test_a_test_that_cannot_fail_is_noticed() -> None:
    source = "def _look(): return _see()\ndef _see(): pass\ndef test_it(): _look()"
    assert _unable_to_fail([ast.parse(source)]) == ["test_it"]
    assert _unable_to_fail([ast.parse(source.replace("pass", "assert x"))]) == []
