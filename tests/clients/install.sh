#!/bin/sh
# Installs the clients' packages; does nothing where that is done.
set -eu
cd "$(dirname "$0")"
. ../../graphiql/node.sh

if [ node_modules/.package-lock.json -nt package-lock.json ]; then
    echo "the clients' packages are up to date"
    exit 0
fi
find_node ../..
npm ci
touch node_modules/.package-lock.json
