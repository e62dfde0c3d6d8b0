"""What a first and a second visit weigh."""

from tests.support.browser import launch
from tools.bench import wire
from tools.bench.bench import Bench
from tools.bench.report import Table, goal
from tools.bench.stage import SEARCH
from tools.terminal import step

LOGIN_KB, SEARCH_KB, REQUESTS, AGAIN_KB = 60, 45, 6, 5
"""The goals."""


def measure(bench: Bench) -> Table:
    server = bench.portal(bench.sqlite, "wire")
    cookie = bench.sqlite.cookies[0]
    with step("Visit pages with Chromium"), launch() as browser:
        login, _ = wire.visits(browser, server.address, "/login")
        cold, warm = wire.visits(browser, server.address, SEARCH, cookie)
    table = Table(
        "On the wire, by a phone",
        "visit",
        "kB",
        "of it HTML",
        "requests",
        "other hosts",
        "goal",
    )
    for name, seen, words, good in (
        ("`/login`, first", login, f"≤ {LOGIN_KB} kB", login.kb <= LOGIN_KB),
        (
            f"`{SEARCH}`, first",
            cold,
            f"≤ {SEARCH_KB} kB, ≤ {REQUESTS} requests",
            cold.kb <= SEARCH_KB and cold.requests <= REQUESTS,
        ),
        (f"`{SEARCH}`, again", warm, f"≤ {AGAIN_KB} kB beside the HTML", warm.other_kb <= AGAIN_KB),
    ):
        hosts = len(seen.hosts - {"localhost"})
        table.add(
            name,
            f"{seen.kb:.1f}",
            f"{seen.html_kb:.1f}",
            str(seen.requests),
            str(hosts),
            goal(words, reached=good),
        )
    return table
