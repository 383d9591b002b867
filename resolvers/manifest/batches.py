"""Lines read in batches, so that memory stays bounded and the database is asked seldom."""

from collections.abc import Iterable, Iterator

from resolvers.manifest.errors import ManifestError
from resolvers.manifest.forms import read_line
from resolvers.manifest.lines import Line
from resolvers.manifest.objects import Numbered

LINES_IN_A_BATCH = 5_000
BYTES_IN_A_BATCH = 8 * 1024 * 1024


def read_batches(objects: Iterable[Numbered]) -> Iterator[list[Line]]:
    """Read the objects; before a mistake is raised, the lines above it are given.

    So a line that the database refuses is told before any mistake below it.
    """
    batch, size = list[Line](), 0
    try:
        for numbered in objects:
            batch.append(read_line(numbered))
            size += numbered.size
            if len(batch) == LINES_IN_A_BATCH or size > BYTES_IN_A_BATCH:
                yield batch
                batch, size = [], 0
    except ManifestError:
        yield batch
        raise
    if batch:
        yield batch
