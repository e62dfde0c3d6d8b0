"""A tenant with thousands of people, messages and notices, made by the database itself: through a driver it would take minutes."""

from sqlalchemy import Connection, text

from tests.support.world import TenantWorld

PEOPLE, CONVERSATIONS, MESSAGES, NOTICES = 1_000, 400, 20_000, 20_000
"""Of one tenant, for each tenth."""
_STATEMENTS: tuple[tuple[int, str], ...] = (
    (
        PEOPLE,
        """INSERT INTO person (id, tenant_id, email, email_key, first_name, last_name, company, folded_name, folded, role,
        card_token, created_at)
        {n} SELECT :first + i, :tenant, 'p' || i, 'p' || i, 'Mia' || i % 90, 'Many', '', 'mia' || i % 90 || ' many',
        'mia' || i % 90 || ' many p' || i, 'none', 'c' || i, {moment} FROM n""",
    ),
    (
        PEOPLE,
        """INSERT INTO person_profile (id, tenant_id, person_id, job_title, industry, bio, website, links, phone, street,
        postal_code, city, country, billing_name, tax_id, billing_street, billing_postal_code, billing_city, billing_country,
        listed, visibility)
        {n} SELECT :first + i, :tenant, :first + i, '', '', '', '', '{}', '', '', '', '', '', '', '', '', '', '', '', true, '{}'
        FROM n""",
    ),
    (
        PEOPLE,
        """INSERT INTO directory_entry (tenant_id, person_id, for_members, sort_key, words, industry, industry_key,
        shows_skills, shows_here)
        {n} SELECT :tenant, :first + i, true, 'mia' || i % 90 || ' many', ' mia' || i % 90 || ' many weaver', 'Glass', 'glass',
        true, true FROM n""",
    ),
    (
        PEOPLE,
        """INSERT INTO check_in (tenant_id, person_id, location_id, starts_at, ends_at)
        {n} SELECT :tenant, :first + i, :place, {moment}, CASE WHEN i % 20 = 0 THEN {later} ELSE {moment} END FROM n""",
    ),
    (
        PEOPLE,
        """INSERT INTO person_skill (tenant_id, person_id, skill_id)
        {n} SELECT :tenant, :first + i, :skill FROM n WHERE i % 9 = 0""",
    ),
    (
        CONVERSATIONS,
        """INSERT INTO conversation (id, tenant_id, kind, title, created_by_id, created_at)
        {n} SELECT :first + i, :tenant, 'group', '', :first + i, {moment} FROM n""",
    ),
    (
        CONVERSATIONS,
        """INSERT INTO conversation_member (tenant_id, conversation_id, person_id, joined_at, joined_after, read_up_to, muted)
        {n} SELECT :tenant, :first + i, :first + i, {moment}, 0, 0, false FROM n""",
    ),
    (
        CONVERSATIONS,
        """INSERT INTO conversation_member (tenant_id, conversation_id, person_id, joined_at, joined_after, read_up_to, muted)
        {n} SELECT :tenant, :first + i, CASE WHEN i % 20 = 0 THEN :member ELSE :first + i + 1 END, {moment}, 0, 0, false
        FROM n""",
    ),
    (
        MESSAGES,
        """INSERT INTO message (id, tenant_id, conversation_id, sender_id, body, folded, sent_at, removed, withheld)
        {n} SELECT :first + i, :tenant, :first + i / 50, :first + i / 50, 'A word', 'a word', {moment}, false, false FROM n""",
    ),
    (
        NOTICES,
        """INSERT INTO notice (id, tenant_id, person_id, kind, data, created_at, about, times, in_app, read_at)
        {n} SELECT :first + i, :tenant, CASE WHEN i % 50 = 0 THEN :member ELSE :first + i % :people END, 'message.received', '{}',
        {moment}, '', 1, true, CASE WHEN i % 97 = 0 THEN NULL ELSE {moment} END FROM n""",
    ),
    (
        NOTICES,
        """INSERT INTO delivery (tenant_id, notice_id, channel, attempts, next_try_at, error)
        {n} SELECT :tenant, :first + i, CASE WHEN i % 3 = 0 THEN 'digest' ELSE 'mail' END, 1,
        CASE WHEN i % 1000 = 0 THEN {moment} END, '' FROM n""",
    ),
)
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {})"


def crowd(connection: Connection, tenant: TenantWorld, tenths: int) -> None:
    """Fill a tenant with so many tenths of 10,000 people, 200,000 messages and 200,000 notices.

    Everything happened at eight on 24 November 2026; one in twenty is here until noon.
    """
    cast = ""
    if connection.dialect.name == "postgresql":
        cast = "::timestamptz"
        # A million checks of references that are right by the way in which they are made.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    values = {
        "first": first_id(tenant),
        "tenant": tenant.id,
        "people": PEOPLE * tenths,
        "place": tenant.locations["Porto"],
        "skill": tenant.skills["Welding"],
        "member": tenant.people["member"],
    }
    for count, statement in _STATEMENTS:
        written = (
            statement.replace("{n}", _NUMBERS.format(count * tenths))
            .replace("{moment}", f"'2026-11-24 08:00:00.000000'{cast}")
            .replace("{later}", f"'2026-11-24 12:00:00.000000'{cast}")
        )
        connection.execute(
            text(written), {name: value for name, value in values.items() if f":{name}" in written}
        )


def first_id(tenant: TenantWorld) -> int:
    """Of the tenant's people, conversations, messages and notices."""
    return tenant.id * 10**7
