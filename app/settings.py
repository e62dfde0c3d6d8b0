"""Everything the environment decides, as one typed object. See docs/operating.md for the list in words."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Environment = Literal["development", "production", "test"]
_ENVIRONMENTS: dict[str, Environment] = {
    "development": "development",
    "production": "production",
    "test": "test",
}
_SHORTEST_SECRET = 32
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
"""The push services of the browsers: Chrome, Edge, Opera, Samsung Internet, Firefox and Safari."""
_SUBJECT = re.compile(
    r"(?:mailto:[^@\s<>,;:]+@|https://)(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?:/\S*)?"
)
_NOBODYS_DOMAINS = {"localhost", "local", "invalid", "test", "example", "internal", "lan", "localdomain"}
"""Names that no mail reaches; Apple refuses whoever signs with one."""


class SettingsError(Exception):
    """The environment does not describe a server that may start; the message is one sentence for its host."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings; every field has an environment variable of the same name with `PORTICO_` before it,
    but for the customary DATABASE_URL, SECRET_KEY, REDIS_URL, MAIL_URL and PORT."""

    environment: Environment
    secret_key: str
    database_url: str
    data_dir: Path
    base_domain: str = "localhost"
    """The domain whose sub-domains are tenants; the bare domain is the default tenant."""
    https: bool = False
    """Browsers reach us over https: cookies are Secure with the `__Host-` prefix, and HSTS is sent."""
    proxy_hops: int = 0
    """How many reverse proxies stand before us and may be believed about X-Forwarded-*."""
    port: int = 5000
    mail_url: str = ""
    """`smtp://user:password@host:port`, or `smtps://…`; empty writes mail into the outbox folder."""
    mail_from: str = "portico@localhost"
    redis_url: str = ""
    run_dir: Path | None = None
    """Where this server's own sockets are; the data folder unless several servers share that."""
    database_owner_url: str = ""
    """Migrations connect here when the web's own database user owns nothing."""
    secret_keys: tuple[str, ...] = ()
    """What stored secrets are sealed with, the newest first; the SECRET_KEY opens what was sealed before there were any."""
    push_subject: str = ""
    """How push services reach whoever runs this server: `mailto:…` or `https://…`; empty switches push off."""
    push_hosts: tuple[str, ...] = PUSH_HOSTS
    """The only hosts that push messages are sent to; `*.` stands for every name under it."""
    stripe_address: str = ""
    """Where Stripe's API is instead of at Stripe: a double on this machine, never in production."""
    stripe_key: str = ""
    """The host's own secret key, for tenants that connect their account instead of bringing a key."""
    stripe_webhook_secret: str = ""
    """What Stripe signs its messages about connected accounts with."""
    row_security: bool = True
    """PostgreSQL only: take the walled role, which row security binds. Off only to measure what that costs."""

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def key_words(self) -> tuple[str, ...]:
        """Of what the ring of keys is made (`integrations.secret_box`): the first seals, all open."""
        return (*self.secret_keys, self.secret_key)

    @property
    def postgres(self) -> bool:
        return self.database_url.startswith("postgresql")

    @property
    def live_socket(self) -> Path:
        """Where the hub of this server is spoken to."""
        return (self.run_dir or self.data_dir) / "live.sock"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def outbox_dir(self) -> Path:
        return self.data_dir / "outbox"


def _sqlalchemy_url(url: str) -> str:
    """Hosts hand out `postgres://…`; the driver we install is psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _development_secret(data_dir: Path) -> str:
    """A secret kept beside the development data, so that a restart does not sign everybody out."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text().strip()


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name, "")
    if not raw:
        return default
    if not raw.isdigit():
        raise SettingsError(f"{name} must be a whole number, but it is {raw!r}.")
    return int(raw)


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    return env[name].lower() in {"1", "true", "yes", "on"} if env.get(name) else default


def _names(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in env.get(name, "").split(",") if each.strip())


def _push_subject(env: Mapping[str, str]) -> str:
    """Apple refuses whoever it could not reach, and says no more than "BadJwtToken": better to refuse it here."""
    subject = env.get("PORTICO_PUSH_SUBJECT", "").strip()
    if not subject:
        return ""
    found = _SUBJECT.fullmatch(subject.lower())
    if found is None or found["host"].rsplit(".", 1)[1] in _NOBODYS_DOMAINS:
        raise SettingsError(
            "PORTICO_PUSH_SUBJECT must be how push services can reach you, as mailto:somebody@your-domain.com or "
            f"https://your-domain.com, but it is {subject!r}."
        )
    return subject


def _stripe_address(env: Mapping[str, str], *, production: bool) -> str:
    """Whoever answers there is believed about money: so it is this machine, and never a real portal's."""
    address = env.get("PORTICO_STRIPE_ADDRESS", "").rstrip("/")
    if address in {"", "off"}:
        return ""
    if production or not re.fullmatch(r"http://(127\.0\.0\.1|localhost)(:\d+)?", address):
        raise SettingsError(
            "PORTICO_STRIPE_ADDRESS is for a double of Stripe on this machine, as http://127.0.0.1:12111, and there is none "
            f"in production; it is {address!r}."
        )
    return address


def _secret_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    keys = _names(env, "PORTICO_SECRET_KEYS")
    if any(len(key) < _SHORTEST_SECRET for key in keys):
        raise SettingsError(
            f"Each of PORTICO_SECRET_KEYS must have at least {_SHORTEST_SECRET} random characters."
        )
    return keys


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings. Raises SettingsError with one sentence when the server must not start."""
    env = os.environ if env is None else env
    name = env.get("PORTICO_ENV", "development")
    if name not in _ENVIRONMENTS:
        raise SettingsError(f"PORTICO_ENV must be development, production or test, but it is {name!r}.")
    data_dir = Path(env.get("PORTICO_DATA_DIR", "instance")).absolute()
    secret = env.get("SECRET_KEY", "")
    if name == "production" and len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"SECRET_KEY must be set to at least {_SHORTEST_SECRET} random characters in production; "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"` prints one.'
        )
    return Settings(
        environment=_ENVIRONMENTS[name],
        secret_key=secret or _development_secret(data_dir),
        database_url=_sqlalchemy_url(env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'portico.db'}"),
        database_owner_url=_sqlalchemy_url(env.get("DATABASE_OWNER_URL", "")),
        data_dir=data_dir,
        base_domain=env.get("PORTICO_BASE_DOMAIN", "localhost").lower().strip("."),
        https=_flag(env, "PORTICO_HTTPS", default=name == "production"),
        proxy_hops=_whole(env, "PORTICO_PROXY_HOPS", 0),
        port=_whole(env, "PORT", 5000),
        mail_url=env.get("MAIL_URL", ""),
        mail_from=env.get("PORTICO_MAIL_FROM", "portico@localhost"),
        redis_url=env.get("REDIS_URL", ""),
        run_dir=Path(env["PORTICO_RUN_DIR"]).absolute() if env.get("PORTICO_RUN_DIR") else None,
        secret_keys=_secret_keys(env),
        push_subject=_push_subject(env),
        push_hosts=_names(env, "PORTICO_PUSH_HOSTS") or PUSH_HOSTS,
        stripe_address=_stripe_address(env, production=name == "production"),
        stripe_key=env.get("PORTICO_STRIPE_KEY", ""),
        stripe_webhook_secret=env.get("PORTICO_STRIPE_WEBHOOK_SECRET", ""),
        row_security=_flag(env, "PORTICO_ROW_SECURITY", default=True),
    )
