"""All settings, read once from the environment (`FREEHOLD_*`) and passed down."""

import re
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 2**20
ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.ASCII)


class Settings(BaseSettings):
    """What can be set; each field `x` is the environment's FREEHOLD_X."""

    model_config = SettingsConfigDict(env_prefix="FREEHOLD_", frozen=True)

    database_url: str = Field(
        default="sqlite:///var/freehold.db",
        description="sqlite:///path.db or postgresql://user@host/name",
    )
    database_connections: int = Field(
        default=10,
        ge=4,
        le=1000,
        description="at most, per process; one is for the background, one for /readyz",
    )
    statement_seconds: float = Field(
        default=10, gt=0, le=3600, description="for each statement of a request; else TIMEOUT"
    )
    wait_seconds: float = Field(
        default=10, gt=0, le=600, description="for a turn, a connection or a lock; else BUSY"
    )
    secret_file: Path = Field(
        default=Path("var/secret.key"),
        description="holds the key that signs tokens; made if missing",
    )
    secret: SecretStr | None = Field(
        default=None, description="that key itself, instead of the file"
    )
    public_url: str | None = Field(
        default=None,
        description="where people reach the server, for links; unset: where it listens",
    )
    allowed_origins: str | None = Field(
        default=None,
        description="of pages in browsers that may ask (CORS), separated by commas; `*` for all",
    )
    allow_credentials: bool = Field(
        default=False, description="whether such pages may send cookies, as a proxy may want"
    )
    introspection: bool = Field(default=True, description="whether the schema may be asked for")
    compiles: bool = Field(default=True, description="whether operations are compiled to Python")
    background: bool = Field(
        default=True, description="whether the server also does the background work"
    )
    background_seconds: int = Field(
        default=30, ge=1, description="from one look for background work to the next"
    )
    answer_hours: int = Field(
        default=48, ge=1, description="for which answers are kept under their idempotency keys"
    )
    metrics: bool = Field(default=False, description="whether /metrics answers, without a token")

    oidc_issuer: str | None = Field(
        default=None, description="an OIDC issuer whose tokens are taken too"
    )
    oidc_audience: str | None = Field(
        default=None, description="the audience that its tokens must name"
    )
    oidc_jwks_url: str | None = Field(default=None, description="where it publishes its keys")
    oidc_account_claim: str = Field(default="email", description="the claim that names the account")
    oidc_org_claim: str = Field(
        default="org", description="the claim that names the Org by its key"
    )

    trusted_documents: Path | None = Field(
        default=None, description="a JSON file of documents by their ids"
    )
    only_trusted_documents: bool = Field(
        default=False, description="whether all others are refused, GraphiQL's too"
    )

    warn_spaces: int | None = Field(
        default=None, ge=1, description="live spaces in an Org, beyond which a change warns"
    )
    max_spaces: int | None = Field(
        default=None, ge=1, description="live spaces in an Org, beyond which none is added"
    )
    warn_projects: int | None = Field(
        default=None, ge=1, description="live projects in a space, beyond which a change warns"
    )
    max_projects: int | None = Field(
        default=None, ge=1, description="live projects in a space, beyond which none is added"
    )

    max_connections: int = Field(default=1_000, ge=1, description="of clients at once, per process")
    max_header_bytes: int = Field(
        default=65_536, ge=8_192, description="of a request's URL and headers; the URL has half"
    )
    max_headers: int = Field(default=100, ge=10, description="of a request")
    header_seconds: float = Field(
        default=10, gt=0, description="in which a request's headers must have come"
    )
    body_seconds: float = Field(default=30, gt=0, description="in which its body must have come")
    idle_seconds: float = Field(
        default=75, gt=0, description="that a connection is kept for the next request"
    )
    answer_seconds: float = Field(
        default=60, gt=0, description="in which a client must take each MiB of an answer"
    )
    lead_seconds: float = Field(
        default=1, ge=0, description="from telling /readyz of a stop to taking no more connections"
    )
    drain_seconds: float = Field(
        default=30, ge=0, description="that requests have to finish when the server stops"
    )
    max_request_bytes: int = Field(default=MEBIBYTE, ge=1024, description="of a request's body")
    max_answer_bytes: int = Field(
        default=64 * MEBIBYTE,
        ge=MEBIBYTE,
        description="of an answer; twice that of all that wait for clients, per process",
    )
    max_tokens: int = Field(default=5_000, ge=1, description="in a document")
    max_depth: int = Field(default=24, ge=1, description="of fields in fields")
    max_aliases: int = Field(default=200, ge=0, description="in an operation")
    max_directives: int = Field(default=100, ge=0, description="in an operation")
    max_mutations: int = Field(default=50, ge=1, description="changes in an operation")
    max_cost: int = Field(
        default=250_000, ge=1, description="of an operation, in rows of a plain list"
    )

    cost_per_minute: int = Field(
        default=1_000_000,
        ge=0,
        description="of all operations of one viewer, in each process; 0 for any",
    )
    operations_at_once: int = Field(
        default=4, ge=1, description="of one viewer that run at the same time, in each process"
    )

    @property
    def origins(self) -> list[str]:
        """Return the origins that may ask."""
        return [text.strip() for text in (self.allowed_origins or "").split(",") if text.strip()]

    @model_validator(mode="after")
    def _allows_origins_that_are_some(self) -> Self:
        for origin in self.origins:
            if origin != "*" and not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"FREEHOLD_ALLOWED_ORIGINS: {origin} is no origin; write them as "
                    "https://app.example.org, without a path or a slash at the end."
                )
        if "*" in self.origins and (self.allow_credentials or len(self.origins) > 1):
            raise ValueError(
                "FREEHOLD_ALLOWED_ORIGINS: * stands alone, and without FREEHOLD_ALLOW_CREDENTIALS."
            )
        return self

    @model_validator(mode="after")
    def _names_the_issuer_wholly(self) -> Self:
        named = [self.oidc_issuer, self.oidc_audience, self.oidc_jwks_url]
        if any(named) and not all(named):
            raise ValueError(
                "Set FREEHOLD_OIDC_ISSUER, FREEHOLD_OIDC_AUDIENCE and FREEHOLD_OIDC_JWKS_URL "
                "together, or none of them."
            )
        return self
