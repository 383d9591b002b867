"""The ASGI application, made from settings."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import Route

from auth.authenticate import Authenticator
from auth.issuers import OidcIssuer
from auth.secret import derived_key, load_secret
from db.backend import Waits
from db.engine import open_engine
from db.errors import is_unavailable
from engine.executor import Executor
from resolvers.background.work import tasks_of
from resolvers.changes.limits import Limit
from resolvers.changes.limits import Limits as ChangeLimits
from resolvers.context import reading
from resolvers.mutating import mutating
from schema.documents import Documents
from schema.limits import Limits
from schema.operation import Operations
from schema.root import executable_schema
from server.application import ENDPOINT, Application
from server.background import in_background
from server.collector import settle_collector
from server.fair_use import FairUse
from server.graphiql import graphiql_routes
from server.health import Readiness, health_routes
from server.home import home
from server.metrics import Metrics
from server.origins import open_to_origins
from server.persisted import PersistedDocuments, read_trusted
from server.settings import Settings
from server.stopping import STOPPING, Stopping
from server.view import GraphQLView

SECONDS_IN_THE_BACKGROUND = 600  # for a statement, as nobody waits for it
SECONDS_TO_PROBE = 3
GRAPHIQL_DIST = Path(__file__).parent.parent / "graphiql" / "dist"


def create_app(settings: Settings) -> Starlette:
    """Return the application; it closes its database connections when it is shut down."""
    engine, background, probe = engines_of(settings)
    documents = Documents(limits_of(settings), introspection=settings.introspection)
    executor = executor_of(settings)
    metrics = Metrics(executor.counts) if settings.metrics else None
    changing = partial(mutating, engine, limits=change_limits_of(settings))
    secret, stopping = secret_of(settings), Stopping()
    tag_key = derived_key(secret, "tags of answers")
    view = GraphQLView(
        Operations(executor, documents, partial(reading, engine), changing, tag_key=tag_key),
        Authenticator(secret, issuer_of(settings)),
        max_bytes=settings.max_request_bytes,
        max_answer_bytes=settings.max_answer_bytes,
        persisted=persisted_of(settings),
        metrics=metrics,
        fair_use=FairUse(settings.cost_per_minute, settings.operations_at_once),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[dict[str, Stopping]]:
        settle_collector()
        async with _background(settings, background):
            yield {STOPPING: stopping}
        for each in (engine, background, probe):
            await each.dispose()

    routes = [
        Route(ENDPOINT, view),
        Route("/", home, methods=["GET"]),
        *graphiql_routes(GRAPHIQL_DIST),
        *health_routes(Readiness(engine, probe), stopping),
        *(metrics.routes() if metrics else ()),
    ]
    around = partial(open_to_origins, settings=settings)
    return Application(view, around, routes=routes, lifespan=lifespan)


def engines_of(settings: Settings) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    """Return the engines of requests, of the background, and of what tells whether all is well.

    Whatever fills the first, the others have their ways of their own.
    """
    url, wait = settings.database_url, settings.wait_seconds
    requests = Waits(wait, settings.statement_seconds)
    return (
        open_engine(url, connections=settings.database_connections - 2, waits=requests),
        open_engine(url, connections=1, waits=Waits(wait, SECONDS_IN_THE_BACKGROUND)),
        open_engine(url, connections=0, waits=Waits(SECONDS_TO_PROBE, SECONDS_TO_PROBE)),
    )


def _background(settings: Settings, engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    if settings.background:
        return in_background(engine, settings.background_seconds, tasks_of(settings.answer_hours))
    return nullcontext()


def executor_of(settings: Settings) -> Executor:
    """Return what executes operations."""
    return Executor(
        executable_schema(),
        compiles=settings.compiles,
        suggestions=settings.introspection,
        is_hopeless=is_unavailable,
    )


def limits_of(settings: Settings) -> Limits:
    """Return the limits on documents."""
    return Limits(
        tokens=settings.max_tokens,
        depth=settings.max_depth,
        aliases=settings.max_aliases,
        directives=settings.max_directives,
        cost=settings.max_cost,
        mutations=settings.max_mutations,
    )


def change_limits_of(settings: Settings) -> ChangeLimits:
    """Return the limits on what an Org and a space hold."""
    return ChangeLimits(
        spaces_in_org=Limit(settings.warn_spaces, settings.max_spaces),
        projects_in_space=Limit(settings.warn_projects, settings.max_projects),
    )


def persisted_of(settings: Settings) -> PersistedDocuments:
    """Return the documents that can be named; DocumentsFileError if their file is no good."""
    path = settings.trusted_documents
    trusted = {} if path is None else read_trusted(path)
    return PersistedDocuments(trusted, only=settings.only_trusted_documents)


def secret_of(settings: Settings) -> bytes:
    """Return the key that signs the server's own tokens."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    return load_secret(settings.secret_file)


def issuer_of(settings: Settings) -> OidcIssuer | None:
    """Return the OIDC issuer whose tokens are taken too, if one is set."""
    issuer, audience, url = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url
    if issuer is None or audience is None or url is None:
        return None
    return OidcIssuer(
        issuer,
        audience,
        jwks_url=url,
        account_claim=settings.oidc_account_claim,
        org_claim=settings.oidc_org_claim,
    )
