"""How the audit trail forgets: entries past the tenant's own limit may go, and a value may be blanked, never rewritten.

The rules stand in the database, read its own clock, and bind whoever owns the tables too (docs/decisions/0016).
"""

from alembic import op

from migrations import walls

REMOVED = "[removed]"
"""What stands in the place of a value that was blanked; `domain.privacy.trail` writes it."""
_KEPT_AT_LEAST = 30
_FACTS = ("id", "tenant_id", "at", "actor_id", "action", "subject", "subject_id", "for_id")


def may_forget(table: str) -> None:
    """Replace the plain refusal of `walls.append_only` by one that knows these two exceptions."""
    if walls.on_postgresql():
        _postgresql(table)
    else:
        _sqlite(table)


def may_not_forget(table: str) -> None:
    """Back to the plain refusal."""
    if walls.on_postgresql():
        op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.execute(f"DROP FUNCTION {table}_may_forget()")
        op.execute(f"DROP FUNCTION {table}_blanked(jsonb, jsonb)")
        walls.forget_append_only(table)
    else:
        for moment in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{moment}")
    walls.append_only(table)


def _postgresql(table: str) -> None:
    op.execute(f"GRANT DELETE, UPDATE (before, after) ON {table} TO {walls.WEB_ROLE}")
    op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
    op.execute(f"""
        CREATE FUNCTION {table}_blanked(was jsonb, now jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
            SELECT NOT EXISTS (
                SELECT 1 FROM jsonb_each(was) AS o FULL JOIN jsonb_each(now) AS n USING (key)
                WHERE o.value IS NULL OR n.value IS NULL
                   OR (n.value <> o.value AND n.value <> '"{REMOVED}"'::jsonb))
        $$""")
    same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _FACTS)
    op.execute(f"""
        CREATE FUNCTION {table}_may_forget() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF EXISTS (SELECT 1 FROM privacy_setting AS s WHERE s.tenant_id = OLD.tenant_id
                    AND OLD.at < clock_timestamp() - make_interval(days => greatest(s.audit_days, {_KEPT_AT_LEAST}))
                    AND s.audit_days IS NOT NULL) THEN
                    RETURN OLD;
                END IF;
            ELSIF {same} AND {table}_blanked(OLD.before::jsonb, NEW.before::jsonb)
                AND {table}_blanked(OLD.after::jsonb, NEW.after::jsonb) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation';
        END $$""")
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_may_forget()"
    )


def _sqlite(table: str) -> None:
    for moment in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{moment}")
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT EXISTS (
            SELECT 1 FROM privacy_setting AS s WHERE s.tenant_id = OLD.tenant_id AND s.audit_days IS NOT NULL
            AND julianday(OLD.at) < julianday('now') - max(s.audit_days, {_KEPT_AT_LEAST})) {refuse}""")
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _FACTS)
    rewritten = " OR ".join(_rewritten(column) for column in ("before", "after"))
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {changed} OR {rewritten} {refuse}"
    )


def _rewritten(column: str) -> str:
    """True unless every key stays, and each value stays or is blanked."""
    was, now = f"json_each(OLD.{column})", f"json_each(NEW.{column})"
    kept = f"o.key = n.key AND (o.atom IS n.atom AND o.value IS n.value AND o.type = n.type OR n.atom = '{REMOVED}')"
    return (
        f"EXISTS (SELECT 1 FROM {now} AS n WHERE NOT EXISTS (SELECT 1 FROM {was} AS o WHERE {kept})) OR "
        f"EXISTS (SELECT 1 FROM {was} AS o WHERE NOT EXISTS (SELECT 1 FROM {now} AS n WHERE o.key = n.key))"
    )
