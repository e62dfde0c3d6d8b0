"""Four scores for two pages."""

from tools.bench import wire
from tools.bench.bench import Bench
from tools.bench.report import Table
from tools.terminal import step


def measure(bench: Bench) -> Table:
    server, cookie = bench.portal(bench.sqlite, "lighthouse"), bench.sqlite.cookies[0]
    table = Table("Lighthouse, mobile", "page", "performance", "accessibility", "best practices", "SEO")
    for path, who in (("/login", ""), ("/", cookie)):
        with step(f"Ask Lighthouse about {path}"):
            found = wire.scores(server.address + path, who, bench.folder)
        table.add(f"`{path}`", *(str(score) for score in found.values()))
    return table
