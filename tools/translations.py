"""Keep the message catalogues in step with the sentences in code and templates.

`update` collects new sentences, `check` fails when a catalogue misses one, has one too many or changed a placeholder,
`compile` writes what the running portal reads.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "app" / "translations"
# The source is written in English; each of these must be complete.
LANGUAGES = ("es",)
KEYWORDS = ("_l", "lazy_gettext", "_n:1,2", "_ln:1,2", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "_p:1c,2")


def _path(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def collect() -> Catalog:
    """Return every sentence that the code and the templates mark for translation."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "messages.pot"
        command = [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            "--quiet",
            "extract",
            "--mapping-file=pyproject.toml",
        ]
        command += [f"--keywords={keyword}" for keyword in KEYWORDS]
        command += ["--add-comments=Translators:", "--no-location", f"--output-file={found}", "app"]
        subprocess.run(command, cwd=ROOT, check=True)
        return _read(found)


def update() -> None:
    """Bring each catalogue to the sentences of today; what is no longer said is dropped, nothing is guessed."""
    template = collect()
    for language in LANGUAGES:
        path = _path(language)
        catalogue = _read(path, language) if path.exists() else Catalog(locale=language, project="Portico")
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            # Sorted and without line numbers: two branches that add sentences merge without a conflict.
            write_po(file, catalogue, width=0, sort_output=True, ignore_obsolete=True, no_location=True)
        empty = sum(1 for message in catalogue if message.id and not _is_translated(message.string))
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} sentences, {empty} to translate")


def compile_all() -> None:
    """Write the compiled form beside each catalogue."""
    for language in LANGUAGES:
        source = _path(language)
        if source.exists():
            with source.with_suffix(".mo").open("wb") as file:
                write_mo(file, _read(source, language))


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all((text,) if isinstance(text, str) else text or ("",))


def problems() -> Iterator[str]:
    """Yield a line for each way in which a catalogue is behind the sentences, or does not mean the same."""
    template = collect()
    for language in LANGUAGES:
        if not _path(language).exists():
            yield f"{language}: there is no catalogue"
            continue
        catalogue = _read(_path(language), language)
        wanted, present = ({(m.id, m.context) for m in one if m.id} for one in (template, catalogue))
        yield from (f"{language}: missing {sentence!r}" for sentence, _ in wanted - present)
        yield from (f"{language}: no longer said {sentence!r}" for sentence, _ in present - wanted)
        for message in catalogue:
            if message.id and (message.fuzzy or not _is_translated(message.string)):
                yield f"{language}: not translated {message.id!r}"
            else:
                yield from (f"{language}: {error} in {message.id!r}" for error in message.check(catalogue))


def check() -> int:
    """Print what is wrong and return 1, or return 0."""
    found = sorted(problems())
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} sentences are not in order: `make translations`, then translate what is empty.")
    return 1 if found else 0


def main() -> int:
    """Run the action named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["update", "check", "compile"])
    action = parser.parse_args().action
    if action == "check":
        return check()
    if action == "update":
        update()
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
