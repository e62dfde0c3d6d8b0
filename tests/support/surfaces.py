"""THE list of surfaces: every way in which something of a person reaches another one. A new way is one entry."""

from app.domain.profile.terms import ProfileField
from tests.support.sight import COMPANION, DAILY, NAME, STRANGER, Read, Scene, Surface

Field = ProfileField
LINE = frozenset({Field.COMPANY, Field.JOB_TITLE, Field.PHOTO})
"""What stands beside a name in a list."""
ALL = frozenset(Field)
FACE = frozenset({Field.PHOTO})
CARD = ALL - {Field.PHOTO, Field.INDUSTRY, Field.LOCATION, Field.HERE}


def _page(address: str, who: str = STRANGER, *, part: bool = False) -> Read:
    """Read a page; `{id}`, `{team}` and the like stand for the scene's own."""
    return lambda scene: scene.page(who, _address(scene, address), part=part)


def _address(scene: Scene, address: str) -> str:
    tenant = scene.tenant
    return address.format(
        id=scene.id,
        team=scene.team,
        weavers=scene.weavers,
        talk=scene.talk.id,
        own=scene.own,
        porto=tenant.locations["Porto"],
        welding=tenant.skills["Welding"],
    )


def _after(read: Read) -> Read:
    """Read once something was said."""

    def told(scene: Scene) -> str:
        scene.say()
        return read(scene)

    return told


def _about_message(end: str = "") -> Read:
    """The page about what was said last."""

    def read(scene: Scene) -> str:
        words = scene.say()
        sent = scene.message_with(words)
        return scene.page(COMPANION, f"/messages/{scene.talk.id}/{sent}{end}")

    return read


def _find(name: str, query: str, *, needs: Field | None = None, trigrams: bool = False) -> list[Surface]:
    """One question to the directory, asked for the page and by htmx for its rows."""
    shows = LINE | {Field.HERE}
    return [
        Surface(
            f"{name}, {kind}",
            _page(f"/directory?{query}", part=part),
            ("directory.index",),
            shows if part else shows | {Field.INDUSTRY},
            needs=needs,
            needs_trigrams=trigrams,
        )
        for kind, part in (("the page", False), ("its rows", True))
    ]


def _pick(name: str, query: str, *, needs: Field | None = None) -> Surface:
    return Surface(
        f"{name} in the picker", _page(f"/messages/new?{query}"), ("messages.new",), LINE, needs=needs
    )


def _shared(
    name: str, read: Read, *endpoints: str, shows: frozenset[Field] = frozenset(), tells: bool = True
) -> Surface:
    return Surface(name, read, endpoints, shows, shares=True, tells=tells)


_BY_VALUE = {
    "zinno": Field.COMPANY,
    "architect": Field.JOB_TITLE,
    "zymurgy": Field.INDUSTRY,
    "zodiacal": Field.BIO,
    "zoetropes": Field.SKILLS,
}
_SLIPS = {"zinnobr": Field.COMPANY, "architcet": Field.JOB_TITLE, "zoetopes": Field.SKILLS}

_FINDING: list[Surface] = [
    *_find("the directory", ""),
    *_find("by name", f"q={NAME.lower()}"),
    *_find("by location", "location={porto}", needs=Field.LOCATION),
    *_find("by skill", "skill={welding}", needs=Field.SKILLS),
    *_find("in an industry", "industry=zymurgy", needs=Field.INDUSTRY),
    *_find("who is here", "here=1", needs=Field.HERE),
    *(each for words, field in _BY_VALUE.items() for each in _find(f"by {field}", f"q={words}", needs=field)),
    *(
        each
        for words, field in _SLIPS.items()
        for each in _find(f"by a slip in {field}", f"q={words}", needs=field, trigrams=True)
    ),
    *_find("by a slip in the name", "q=zelmria", trigrams=True),
    Surface("beside the list", _page("/directory?person={id}"), ("directory.index",), ALL),
    Surface("the profile", _page("/people/{id}"), ("directory.show",), ALL),
    Surface("the profile beside", _page("/people/{id}", part=True), ("directory.show",), ALL),
    Surface("the card", _page("/people/{id}/card.vcf"), ("directory.show_card",), CARD),
    Surface("teams", _page("/directory/teams"), ("directory.index_teams",), sign="Tidewater"),
    Surface("a team", _page("/directory/teams/{team}"), ("directory.show_team",), LINE | {Field.HERE}),
    Surface(
        "home", _page("/"), ("home.index",), FACE, sign='here-faces"><span class="face', needs=Field.HERE
    ),
    _pick("everybody", ""),
    _pick("a name", f"q={NAME.lower()}"),
    _pick("a company", "q=zinno", needs=Field.COMPANY),
    _pick("a job", "q=architect", needs=Field.JOB_TITLE),
    _pick("an id", "q=nobody&people={id}"),
    Surface("a first message", _page("/messages/new?to={id}"), ("messages.new",), LINE, knows_the_block=True),
    Surface(
        "the picker without scripts", lambda scene: scene.picker(NAME.lower()), ("messages.create",), LINE
    ),
    Surface("adding to a group", _page("/messages/{own}/details"), ("messages.edit",), LINE),
    Surface(
        "adding to a group by name", _page("/messages/{own}/details?q=zelmira"), ("messages.edit",), LINE
    ),
]
_SHARING: list[Surface] = [
    _shared("the list of conversations", _after(_page("/messages", COMPANION)), "messages.index"),
    _shared("its part", _after(_page("/messages", COMPANION, part=True)), "messages.index"),
    _shared(
        "words that were said", _after(_page("/messages?q=zaffre", COMPANION)), "messages.index", shows=FACE
    ),
    _shared("the conversation", _after(_page("/messages/{talk}", COMPANION)), "messages.show", shows=FACE),
    _shared(
        "its new lines",
        _after(_page("/messages/{talk}", COMPANION, part=True)),
        "messages.show",
        shows=FACE,
    ),
    _shared(
        "who is in it", _after(_page("/messages/{talk}/details", COMPANION)), "messages.edit", shows=LINE
    ),
    _shared("a message", _about_message(), "messages.show_message", shows=FACE),
    _shared("reporting it", _about_message("/report"), "messages.new_report"),
    _shared("the inbox", _after(_page("/inbox", COMPANION)), "inbox.index"),
    _shared("a team of theirs", _page("/team/{weavers}", COMPANION), "team.show", tells=False, shows=FACE),
    _shared("the mail", _after(lambda scene: scene.mails(COMPANION))),
    _shared("the daily mail", _after(lambda scene: scene.mails(DAILY))),
    _shared("the phone", _after(Scene.pushed)),
    _shared("a copy of one's data", _after(lambda scene: scene.archive(COMPANION)), "account.show_copy"),
]
SURFACES: tuple[Surface, ...] = (*_FINDING, *_SHARING)

EXCUSED_ROOMS: dict[str, str] = {
    "announcements": "the house's own words, for those it told them to",
    "admin": "whoever works here looks after people and sees them all; what of it, `staff(…)` and reach decide",
    "auth": "before signing in, and about nobody but who signs in",
    "bookings": "one's own bookings; of others' it says only that a room is taken",
    "health": "whether the server lives",
    "invoices": "one's own documents, with nobody's name but one's own",
    "plans": "what is on offer, and one's own contracts, with nobody's name",
    "products": "what is on sale, one's own basket and purchases, with nobody's name",
    "join": "about nobody but who joins",
    "live": "words and no content; tests/live/test_absence.py listens to it",
    "media": "a picture is found by its contents' hash, which nobody is told who may not see it (decision 0009)",
    "outbox": "kept mails, on a developer's machine alone",
    "pwa": "the application's own files; of people only the card and bookings of who asks (tests/web/test_pwa_offline.py)",
    "rooms": "what whoever walks by reads: the first name of who lets others find them (tests/web/test_room_panel.py)",
    "sign_on": "about nobody but who signs in",
    "theming": "colours and icons of the tenant",
}
"""Rooms of which no page shows somebody else, and why."""
_OWN = "of nobody but who asks"
EXCUSED: dict[str, str] = {
    "account.edit_email": _OWN,
    "account.edit_notifications": _OWN,
    "account.edit_passkey": _OWN,
    "account.edit_password": _OWN,
    "account.edit_privacy": _OWN,
    "account.edit_profile": _OWN,
    "account.index_linked_accounts": _OWN,
    "account.index_push_devices": _OWN,
    "account.index_sessions": _OWN,
    "account.show": _OWN,
    "account.show_activity": _OWN,
    "account.show_authenticator": _OWN,
    "account.show_data": _OWN,
    "account.show_deletion": _OWN,
    "account.show_preview": _OWN,
    "account.show_push_key": _OWN,
    "account.show_security": _OWN,
    "account.new_proof": _OWN,
    "directory.new_check_in": "what coming costs who asks",
    "home.show_more": "the sections of the portal",
    "inbox.show": "leads on to what a notice tells of, and shows nothing",
    "inbox.show_counts": "how many notices are unread; that nothing of a blocked person's is told, the inbox shows",
    "inbox.edit_digest": "stops one's daily mail",
    "inbox.edit_arrival": "whether mail arrives, from the mail itself",
    "messages.index_shares": "what one shared oneself and has not sent yet",
    "messages.show_claim": "leads who shared something on to it",
    "messages.show_share": "one's own conversations, as their list has them (tests/web/test_messages_sharing.py)",
    "messages.show_shared_file": "what one shared oneself and has not sent yet",
    "messages.show_file": "for who may read its message (tests/web/test_messages_files.py)",
    "team.index": "names of teams that one is in",
    "team.index_bookings": "for the team's administrators, who look after what its people book for each other, by name",
    "team.show_booking": "for the same administrators, of the same bookings",
    "team.edit_booking": "for the same administrators, of the same bookings",
    "team.new_cancellation": "for the same administrators, of the same bookings",
    "team.edit_member": "for the team's administrators, who look after its people and have their e-mail",
    "team.show_invitation": "who invited one, by name",
}
"""Pages of other rooms that show nobody else, and why."""
