"""What is held of readers: it is in their copy, goes with them, and is one person's after a merger."""

import io
import json
import zipfile
from datetime import timedelta

from sqlalchemy import select

from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.archive import write_archive
from app.domain.privacy.merge import merge_people
from app.domain.privacy.terms import Merge, Reason
from app.models import Announcement, AnnouncementReader
from tests.domain.announcements.conftest import EVERYBODY, NOW, Office


def _told(office: Office) -> int:
    made = office.write()
    office.send(made)
    office.work()
    return made


def test_the_copy_of_ones_data_says_what_one_was_told(office: Office) -> None:
    _told(office)
    target = io.BytesIO()
    write_archive(office.session, office.tenant.people["member"], target, lambda _digest: None, "\n".join)
    with zipfile.ZipFile(target) as archive:
        (found,) = json.loads(archive.read("announcements.json"))
    assert found["announcement"] == {"title": "The lift", "body": "Take the stairs.\n\nUntil Friday."}
    assert found["told_at"].startswith("2026-11-24")
    assert "announcement_id" not in found


def test_who_is_made_anonymous_was_told_nothing_and_the_announcement_stays(office: Office) -> None:
    made = _told(office)
    anonymise(
        office.session,
        office.tenant.actor("owner"),
        office.tenant.people["member"],
        Reason.ASKED,
        lambda: NOW,
    )
    office.session.commit()
    assert office.told(made) == EVERYBODY - {"member"}
    # Nor does it vanish with who of staff wrote it.
    anonymise(
        office.session, office.tenant.actor("owner"), office.tenant.people["desk"], Reason.ASKED, lambda: NOW
    )
    office.session.commit()
    assert office.session.get_one(Announcement, made).title == "The lift"


def test_of_two_who_are_one_each_announcement_is_kept_once(office: Office) -> None:
    both, people = _told(office), office.tenant.people
    one = office.write(team_ids=frozenset())
    office.send(one)
    office.work()
    row = select(AnnouncementReader).where(
        AnnouncementReader.announcement_id == one, AnnouncementReader.person_id == people["colleague"]
    )
    office.session.delete(office.session.scalars(row).one())
    office.session.commit()
    merge_people(
        office.session,
        office.tenant.actor("owner"),
        Merge(people["colleague"], people["contact"]),
        lambda: NOW + timedelta(hours=1),
    )
    office.session.commit()
    rows = office.session.scalars(
        select(AnnouncementReader.announcement_id).where(AnnouncementReader.person_id == people["colleague"])
    ).all()
    assert sorted(rows) == [both, one]
    gone = select(AnnouncementReader.id).where(AnnouncementReader.person_id == people["contact"])
    assert office.session.scalars(gone).all() == []
    # And nobody who was merged is reached by the next one.
    assert office.told(_told(office)) == EVERYBODY - {"contact"}
