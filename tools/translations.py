"""Keep the message catalogues in step with the sentences in code and templates.

`update` collects new sentences, `check` fails when a catalogue misses one, has one too many or changed a placeholder,
`compile` writes what the running portal reads.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "app" / "translations"
# The source is written in English; each of these must be complete.
LANGUAGES = ("es",)
KEYWORDS = ("_l", "lazy_gettext", "_n:1,2", "_ln:1,2", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "_p:1c,2")
PLACEHOLDER = re.compile(r"%\((\w+)\)")


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
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(updated(language, template))
        catalogue = _read(path, language)
        empty = sum(1 for message in catalogue if message.id and not _is_translated(message.string))
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} sentences, {empty} to translate")


def updated(language: str, template: Catalog) -> bytes:
    """Return the file of a language with the sentences of `template`: those it knows translated, the others empty."""
    path = _path(language)
    catalogue = _read(path, language) if path.exists() else Catalog(locale=language)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    return _rendered(catalogue)


def _rendered(catalogue: Catalog) -> bytes:
    """The file of a catalogue: the same sentences make the same bytes, on any day and machine.

    Sorted and without line numbers, so that two branches that add sentences merge without a conflict; with a header
    of our own, since Babel's holds the time, its version and blanks for people's names.
    """
    header = {
        "Project-Id-Version": "Portico",
        "Language": str(catalogue.locale),
        "Plural-Forms": catalogue.plural_forms,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = ['msgid ""', 'msgstr ""', *(f'"{name}: {value}\\n"' for name, value in header.items())]
    sentences = BytesIO()
    write_po(
        sentences,
        catalogue,
        width=0,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        no_location=True,
    )
    return "\n".join([*lines, "", ""]).encode() + sentences.getvalue()


def compile_all() -> None:
    """Write the compiled form beside each catalogue."""
    for language in LANGUAGES:
        source = _path(language)
        if source.exists():
            with source.with_suffix(".mo").open("wb") as file:
                write_mo(file, _read(source, language))


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(_forms(text) or ("",))


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
                yield from (
                    f"{language}: {error} in {message.id!r}" for error in _changes(message, catalogue)
                )


def _changes(message: Message, catalogue: Catalog) -> Iterator[str]:
    """Yield how a translation does not carry what its sentence carries."""
    yield from (str(error) for error in message.check(catalogue))
    wanted = [_placeholders(text) for text in _forms(message.id)]
    for at, text in enumerate(_forms(message.string)):
        # A language has as many plural forms as it likes; all but the first say what the English plural says.
        lost = wanted[min(at, len(wanted) - 1)] - _placeholders(text)
        yield from (f"%({name})s is lost" for name in sorted(lost))


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


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
