"""The garbage collector, set for a server: answers are large, short-lived and without cycles."""

import gc

# An answer of 10,000 nodes makes some 30,000 dicts and lists, all of them freed by their counts. By
# default the collector would look through them 40 times, and through all that was ever loaded.
NEW_OBJECTS, YOUNG_RUNS, MIDDLE_RUNS = 100_000, 20, 20


def settle_collector() -> None:
    """Leave all that was loaded so far out of collections, and run them more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_RUNS, MIDDLE_RUNS)
