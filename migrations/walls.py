"""What a migration adds to a table that plain DDL does not say: row security, rows that stay, the rule against overlap."""

import sqlalchemy as sa
from alembic import op

WEB_ROLE = "portico_web"
_TENANT = "nullif(current_setting('app.tenant_id', true), '')::bigint"


def on_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def create_web_role() -> None:
    """The role that serves pages: made once per server, granted to whoever migrates so that it can be taken."""
    if not on_postgresql():
        return
    known = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": WEB_ROLE})
    if not known:
        op.execute(f"CREATE ROLE {WEB_ROLE} NOLOGIN NOBYPASSRLS")
    op.execute(f"GRANT {WEB_ROLE} TO CURRENT_USER")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {WEB_ROLE}")


def open_to_web(table: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Let the web role use a table and its id sequence."""
    if not on_postgresql():
        return
    op.execute(f"GRANT {rights} ON {table} TO {WEB_ROLE}")
    op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {WEB_ROLE}")


def wall(table: str) -> None:
    """Row security, forced so that it binds the table's owner too, keyed on the connection's tenant (`models.engine.speak_for`)."""
    if not on_postgresql():
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant_wall ON {table} USING (tenant_id = {_TENANT}) WITH CHECK (tenant_id = {_TENANT})"
    )


def append_only(table: str) -> None:
    """Rows of this table are written once: neither the web role nor the owner changes or deletes one.

    On PostgreSQL the owner cannot empty it either; SQLite knows no such statement. Dropping the table passes. A tenant
    with such rows cannot be deleted.
    """
    refusal = f"{table} is append-only"
    if not on_postgresql():
        for moment in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{moment.lower()} BEFORE {moment} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {WEB_ROLE}")
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for name, moment, each in (
        ("no_change", "UPDATE OR DELETE", "ROW"),
        ("no_truncate", "TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_append_only()"
        )


def forget_append_only(table: str) -> None:
    """Take back what `append_only`, or `keep_columns`, leaves behind when its table is dropped."""
    if on_postgresql():
        op.execute(f"DROP FUNCTION {table}_append_only()")


def keep_columns(table: str, fixed: str) -> None:
    """Rows of this table are never deleted, and these columns of them are written once; others may lose what they say."""
    refusal = f"{table} is append-only"
    if not on_postgresql():
        for name, moment in (("change", f"UPDATE OF {fixed}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{name} BEFORE {moment} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(f"REVOKE DELETE ON {table} FROM {WEB_ROLE}")
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for name, moment, each in (
        ("no_change", f"UPDATE OF {fixed}", "ROW"),
        ("no_delete", "DELETE", "ROW"),
        ("no_truncate", "TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_append_only()"
        )


_FIXED = (
    "kind, location_id, corrects_id, created_at, currency, prices_include_tax, note, net_minor, tax_minor, total_minor, "
    "issued_at, issued_on, due_on, number, document, chain_position, hash"
)
"""What of an issued document never changes; whose it is may, when two records of one person become one."""


def keep_issued() -> None:
    """An issued document is neither changed nor deleted, nor is a line of it (docs/decisions/0025-invoices.md)."""
    refusal = "an issued document never changes"
    moments = {
        "invoice": [(f"UPDATE OF {_FIXED}", "OLD"), ("DELETE", "OLD")],
        "invoice_line": [("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")],
    }
    if on_postgresql():
        op.execute(
            "CREATE FUNCTION keep_issued() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE FUNCTION keep_issued_line() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE of_id bigint; BEGIN "
            "IF TG_OP = 'INSERT' THEN of_id := NEW.invoice_id; ELSE of_id := OLD.invoice_id; END IF; "
            "IF EXISTS (SELECT 1 FROM invoice WHERE id = of_id AND issued_at IS NOT NULL) THEN "
            f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    for table, when in moments.items():
        for moment, row in when:
            name = f"{table}_kept_{moment.split()[0].lower()}"
            if table == "invoice":
                condition = f"{row}.issued_at IS NOT NULL"
                if on_postgresql():
                    op.execute(
                        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW WHEN ({condition}) "
                        "EXECUTE FUNCTION keep_issued()"
                    )
                    continue
            else:
                condition = (
                    f"EXISTS (SELECT 1 FROM invoice WHERE id = {row}.invoice_id AND issued_at IS NOT NULL)"
                )
                if on_postgresql():
                    op.execute(
                        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION keep_issued_line()"
                    )
                    continue
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )


def forget_issued() -> None:
    """Take back what `keep_issued` leaves behind when its tables are dropped."""
    if on_postgresql():
        for name in ("invoice_kept_update", "invoice_kept_delete"):
            op.execute(f"DROP TRIGGER {name} ON invoice")
        for name in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER invoice_line_kept_{name} ON invoice_line")
        op.execute("DROP FUNCTION keep_issued()")
        op.execute("DROP FUNCTION keep_issued_line()")


def refuse_overlap() -> None:
    """No two occupancy rows of one unit may overlap (docs/decisions/0002-overlap-rule.md)."""
    if on_postgresql():
        # Ranges made of the ids need no extension, so this runs on any PostgreSQL server.
        op.execute("""
            ALTER TABLE occupancy ADD CONSTRAINT ex_occupancy_overlap EXCLUDE USING gist (
                int8range(tenant_id, tenant_id, '[]') WITH &&,
                int8range(resource_id, resource_id, '[]') WITH &&,
                int4range(unit, unit, '[]') WITH &&,
                tstzrange(blocks_from, blocks_until) WITH &&)""")
        op.execute(
            "ALTER TABLE occupancy ADD CONSTRAINT ck_occupancy_stretch "
            "CHECK (blocks_until - blocks_from <= interval '24 hours')"
        )
        return
    for moment in ("INSERT", "UPDATE"):
        itself = "AND id <> NEW.id" if moment == "UPDATE" else ""
        op.execute(f"""
            CREATE TRIGGER occupancy_overlap_{moment.lower()} BEFORE {moment} ON occupancy
            BEGIN
                SELECT RAISE(ABORT, 'occupancy: longer than a day')
                    WHERE julianday(NEW.blocks_until) - julianday(NEW.blocks_from) > 1.0000001;
                SELECT RAISE(ABORT, 'occupancy: overlap') WHERE EXISTS (
                    SELECT 1 FROM occupancy
                    WHERE tenant_id = NEW.tenant_id AND resource_id = NEW.resource_id AND unit = NEW.unit {itself}
                      AND blocks_from < NEW.blocks_until AND blocks_until > NEW.blocks_from
                      AND blocks_from > strftime('%Y-%m-%d %H:%M:%S', NEW.blocks_from, '-24 hours', '-1 second'));
            END""")
