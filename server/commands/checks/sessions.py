"""What a role or a database sets for its sessions, and what PostgreSQL's user may do besides."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.commands.checks.finding import Finding, well, wrong

# For the role and the database of this session; what stands closer to both goes before.
SET = text("""
    SELECT split_part(each, '=', 1) AS name, substr(each, strpos(each, '=') + 1) AS value,
           CASE WHEN setrole = 0 THEN 'DATABASE ' || quote_ident(current_database())
                ELSE 'ROLE ' || quote_ident(session_user) END AS owner
    FROM pg_db_role_setting, unnest(setconfig) AS each
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    ORDER BY name, owner
""")
ASKED = text("""
    SELECT has_database_privilege(current_database(), 'TEMP') AS may_make_temporary,
           current_setting('session_replication_role') AS replication_role,
           current_setting('jit') = 'off' AS has_ours
""")
# What Freehold says by itself for each connection or transaction, so that nothing else counts.
OVERRIDDEN = frozenset(
    (
        *("default_transaction_isolation", "statement_timeout", "lock_timeout"),
        *("idle_in_transaction_session_timeout", "jit", "random_page_cost", "plan_cache_mode"),
    )
)
# What does harm, with the reason.
HARMFUL: Mapping[str, str] = {
    "default_transaction_read_only": "changes are refused",
    "session_replication_role": "foreign keys and triggers don't hold",
    "search_path": "tables are looked for elsewhere",
    "transaction_timeout": "large imports and migrations are cut off",
    "idle_session_timeout": "connections that wait for work are cut off",
    "synchronous_commit": "what was acknowledged can be lost",
    "role": "another role's rights count",
    "row_security": "rows may be hidden",
    "temp_file_limit": "large answers may fail",
    "enable_nestloop": "queries become slow",
    "enable_indexscan": "queries become slow",
}
HARMLESS: Mapping[str, frozenset[str]] = {
    "default_transaction_read_only": frozenset(("off",)),
    "session_replication_role": frozenset(("origin",)),
    "transaction_timeout": frozenset(("0",)),
    "idle_session_timeout": frozenset(("0",)),
    "synchronous_commit": frozenset(("on", "remote_apply", "remote_write", "local")),
    "row_security": frozenset(("on",)),
    "temp_file_limit": frozenset(("-1",)),
    "enable_nestloop": frozenset(("on",)),
    "enable_indexscan": frozenset(("on",)),
}


class Setting(NamedTuple):
    """What is set, to what, and for whom: as ALTER names them."""

    name: str
    value: str
    owner: str


class Session(NamedTuple):
    """What holds in a session, in the order in which it is asked."""

    may_make_temporary: bool
    replication_role: str
    has_ours: bool


async def check_sessions(connection: AsyncConnection) -> list[Finding]:
    """Look at what is set, and at what a session has in the end."""
    found = [Setting(*row) for row in await connection.execute(SET)]
    session = Session(*(await connection.execute(ASKED)).one())
    return [*judge_settings(found), *judge_session(session)]


def judge_settings(settings: Sequence[Setting]) -> list[Finding]:
    """Return what follows from what is set for the role and the database."""
    harmful = [each for each in settings if _does_harm(each)]
    findings = [
        wrong(
            "session settings",
            f"{each.owner} sets {each.name} to {each.value}: {HARMFUL[each.name]}.",
            remedy=f"ALTER {each.owner} RESET {each.name}; then start the server again.",
        )
        for each in harmful
    ]
    overridden = sorted({each.name for each in settings if each.name in OVERRIDDEN})
    if overridden:
        told = f"{', '.join(overridden)}: Freehold sets its own."
        findings.append(well("session settings", told))
    return findings or [well("session settings", "none that matter")]


def judge_session(session: Session) -> list[Finding]:
    """Return what follows from what a session has."""
    findings = list[Finding]()
    if session.replication_role != "origin":
        told = f"session_replication_role is {session.replication_role}: foreign keys don't hold."
        remedy = "Reset it for the user, the database or the server."
        findings.append(wrong("session", told, remedy=remedy))
    if not session.may_make_temporary:
        told = "The user may make no temporary tables, which dry runs need."
        findings.append(wrong("session", told, remedy="GRANT TEMP ON DATABASE … TO the user."))
    if not session.has_ours:
        told = "The session hasn't what Freehold asks for: something in between leaves that out."
        remedy = "Behind PgBouncer, add ?pgbouncer=true to FREEHOLD_DATABASE_URL."
        findings.append(wrong("session", told, remedy=remedy))
    return findings


def _does_harm(setting: Setting) -> bool:
    harmless = HARMLESS.get(setting.name, frozenset())
    if setting.name == "search_path":
        return "public" not in setting.value
    return setting.name in HARMFUL and setting.value not in harmless
