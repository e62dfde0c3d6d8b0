"""Reading a tenant's mail as whoever it went to would."""

import re
import time
from urllib.parse import urlsplit

from flask import Flask

from app.jobs.work import Work
from app.ports import KeptMail
from tests.support.world import TenantWorld


def newest_mails(app: Flask, tenant: TenantWorld, most: int = 20) -> list[KeptMail]:
    """The tenant's mails, the newest first, once all that are due were sent."""
    work = app.extensions["portico_work"]
    assert isinstance(work, Work)
    work.deliver(tenant.id)
    return list(app.extensions["portico_outbox"].newest(tenant.id, most))


def mails(app: Flask, tenant: TenantWorld) -> list[str]:
    """Their texts."""
    return [mail.text for mail in newest_mails(app, tenant)]


def mailed(app: Flask, tenant: TenantWorld, start: str) -> str:
    """The path of the link in the newest mail whose path begins like that."""
    return urlsplit(mailed_address(app, tenant, start)).path


def mailed_address(app: Flask, tenant: TenantWorld, start: str) -> str:
    """The whole of that link, with the host that it leads to."""
    # What a page does after its answer has left may take a moment.
    for _try in range(50):
        if newest := mails(app, tenant):
            return found(rf"(http\S+{start}\S+)", newest[0])
        time.sleep(0.1)
    raise AssertionError("no mail came")


def found(pattern: str, text: str) -> str:
    """The first group of a pattern that must be in the text."""
    match = re.search(pattern, text)
    assert match, text
    return match[1]
