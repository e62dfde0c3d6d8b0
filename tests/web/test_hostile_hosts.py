"""A Host header is whatever a stranger writes: it leads to a tenant that exists, or nowhere."""

from flask import Flask

from tests.support.world import World

OURS = ("localhost", "LOCALHOST", "localhost.", "localhost:5000", "harbour.localhost.")
NOBODYS = (
    "localhost..",
    ".localhost",
    "..",
    "a.b.localhost",
    "localhost@evil.test",
    "localhost:80@evil.test",
    "[::1",
    "localhost\0",
    "a\0b.localhost",
    "b\xe9.localhost",
    "' OR 1=1--.localhost",
    "x" * 4000 + ".localhost",
    "",
)


def test_a_host_of_ours_is_answered(app: Flask, world: World) -> None:
    for host in OURS:
        assert app.test_client().get("/login", headers={"Host": host}).status_code == 200, host


def test_any_other_leads_nowhere(app: Flask, world: World) -> None:
    for host in NOBODYS:
        for path in ("/login", "/manifest.webmanifest", "/nowhere"):
            answer = app.test_client().get(path, headers={"Host": host})
            assert answer.status_code == 404, host
            assert "Northlight" not in answer.text
