"""SQL statements per page."""

from app.factory import create_app
from tools.bench import statements
from tools.bench.bench import Bench
from tools.bench.report import Table, goal
from tools.bench.stage import SEARCH
from tools.terminal import step


def measure(bench: Bench) -> Table:
    app = create_app(bench.sqlite.settings)
    with step("Count statements"):
        found = statements.per_page(app, bench.sqlite)
    table = Table("SQL statements per page", "page", "statements", "goal")
    for path, count in found.items():
        most = 5 if path == SEARCH else 8
        table.add(f"`{path}`", str(count), goal(f"≤ {most}", reached=count <= most))
    table.note("Constant in rows: `tests/web/test_statement_budget.py` doubles them.")
    return table
