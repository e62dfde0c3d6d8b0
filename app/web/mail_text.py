"""The text of a mail, read off its HTML: one template says both. It knows what mails are made of (`templates/mail`)."""

from html.parser import HTMLParser


def text_of(html: str) -> str:
    """Paragraphs apart from each other, a link as its words with the address below; all that stands under the heading."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n\n".join(filter(None, (part.strip() for part in reader.paragraphs))) + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self._begun = False
        self._inside = False
        self._href = ""
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and self._begun:
            self.paragraphs.append("")
            self._inside = True
        elif tag == "br":
            self._say("\n")
        elif tag == "a":
            self._href, self._label = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            # It is the subject, which stands above the text by itself.
            self._begun = True
        elif tag == "p":
            self._inside = False
        elif tag == "a":
            href, label, self._href = self._href, self._label, ""
            # The address of the portal is its own words.
            self._say(label if label == href.rstrip("/") else f"{label}:\n{href}")

    def handle_data(self, data: str) -> None:
        if self._href:
            self._label += data
        else:
            self._say(data)

    def _say(self, text: str) -> None:
        if self._inside:
            self.paragraphs[-1] += text
