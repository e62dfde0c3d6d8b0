"""Searching among 10,000 people, as a share of the bare hello."""

from app.factory import create_app
from tools.bench import load, people, processes, stage
from tools.bench.bench import Bench
from tools.bench.load import Target
from tools.bench.report import Table
from tools.bench.tables import load_table
from tools.terminal import step


def measure(bench: Bench) -> Table:
    with step(f"Let {people.PEOPLE:,} people be found on both"):
        for stage_ in (bench.sqlite, bench.postgres):
            people.fill_people(create_app(stage_.settings), stage_)
            stage.settle(stage_.settings.database_url)
    sqlite, postgres = bench.portal(bench.sqlite, "people"), bench.portal(bench.postgres, "people-postgres")
    with step(f"Measure searches in {load.ROUNDS} rounds"):
        found = load.measure(
            [
                Target("bare hello", bench.bare(), ("/hello",)),
                Target("SQLite", sqlite, people.searches(bench.sqlite)),
                Target("SQLite, as one types", sqlite, people.searches(bench.sqlite), part=True),
                Target("PostgreSQL", postgres, people.searches(bench.postgres)),
                Target("PostgreSQL, as one types", postgres, people.searches(bench.postgres), part=True),
            ],
            bench.folder,
        )
    return load_table(
        f"`/directory`, {people.PEOPLE:,} people, letter by letter, {load.CLIENTS} at once, {processes.WORKERS} workers",
        found,
        {},
    )
