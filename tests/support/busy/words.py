"""What the portal says to a refusal: in each of its languages a sentence of its own."""

from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import force_locale

from app.domain.booking.series_terms import SeriesNotBookable
from app.domain.booking.terms import ReasonNeeded
from app.domain.extras.terms import ExtraRefusal
from app.kernel.errors import NotFound, Refusal
from app.web import errors, sentences, series
from app.web.extras import EXTRA_WORDS
from app.web.language import LANGUAGES

ZONE = ZoneInfo("Europe/London")


class Voice:
    """Says refusals as the pages do, and remembers which it was asked for."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.said: dict[str, str] = {}

    def check(self, refusal: Refusal) -> None:
        """Every language has a sentence for it, and no two have the same."""
        asked = f"{type(refusal).__name__}: {refusal}"
        if asked in self.said:
            return
        said = []
        with self._app.test_request_context():
            for locale in LANGUAGES:
                with force_locale(locale):
                    said.append(sentence_of(refusal))
        assert all(each.strip() for each in said), repr(refusal)
        assert len(set(said)) == len(LANGUAGES), said
        self.said[asked] = said[0]


def sentence_of(refusal: Refusal) -> str:
    """By the words of whichever page could have asked for it. Raises the refusal where none of them has any."""
    match refusal:
        case NotFound():
            return errors.sentences_of(404)[1]
        case SeriesNotBookable():
            rows = [
                " ".join(each.state.split()) for each in series.date_rows(refusal.preview) if not each.free
            ]
            assert all(rows)
            return " ".join([series.not_bookable(), *rows])
        case ExtraRefusal():
            return EXTRA_WORDS[type(refusal)](refusal)[1]
        case ReasonNeeded():
            return sentences.cancelling(ZONE)[ReasonNeeded](refusal)[1]
    try:
        return sentences.refusal(refusal, ZONE)
    except type(refusal):
        return series.explain(refusal, ZONE)
