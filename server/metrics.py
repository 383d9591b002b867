"""What an operator measures, in Prometheus' text format: load and how it was borne, no data."""

from collections.abc import Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The measures of one application; `executions` are an executor's counts.

    A label holds nothing that a client chose: statuses are the server's, reasons the executor's.
    """

    def __init__(self, executions: Mapping[tuple[str, str], int]) -> None:
        self._registry = registry = CollectorRegistry()
        registry.register(Executions(executions))
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._requests = Counter(
            "freehold_requests", "Requests to /graphql.", ["status"], registry=registry
        )
        self._seconds = Histogram(
            "freehold_request_duration_seconds",
            "From a request to /graphql to the first byte of its response.",
            buckets=SECONDS,
            registry=registry,
        )
        self._statements = Counter(
            "freehold_sql_statements", "SQL statements of those requests.", registry=registry
        )

    def note(self, status: int, seconds: float, *, statements: int) -> None:
        """Count a request that was answered."""
        self._requests.labels(status).inc()
        self._seconds.observe(seconds)
        self._statements.inc(statements)

    def routes(self) -> list[BaseRoute]:
        """Return `/metrics`, which needs no token."""

        async def tell(_request: Request) -> Response:
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

        return [Route("/metrics", tell)]


class Executions(Collector):
    """How the executor ran operations, as it has counted them by itself."""

    def __init__(self, counts: Mapping[tuple[str, str], int]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Give the one metric that there is."""
        found = CounterMetricFamily(
            "freehold_executions", "Operations, by how they ran.", labels=["how", "reason"]
        )
        for labels, number in self._counts.items():
            found.add_metric(labels, number)
        yield found
