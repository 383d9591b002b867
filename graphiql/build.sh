#!/bin/sh
# Builds GraphiQL into graphiql/dist, where the server finds it; does nothing where that is done.
set -eu
cd "$(dirname "$0")"
. ./node.sh

sources="src index.html package.json package-lock.json .npmrc vite.config.ts build.sh node.sh"

is_built() {
    # shellcheck disable=SC2086 # the names are ours and hold no spaces
    [ -f dist/index.html ] && [ -z "$(find $sources -newer dist/index.html)" ]
}

if is_built; then
    echo "graphiql/dist is up to date"
    exit 0
fi
find_node ..
npm ci
npm run build
