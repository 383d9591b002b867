# make serve: a running server with a demo Org. make test: everything that is tested.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
SOURCES := auth db engine resolvers schema server tests bench

.PHONY: help install develop graphiql clients serve test test-full check format sdl lock bench clean

help: ## Say what can be made.
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/'

install: .venv/run.stamp graphiql ## Install the server, and build GraphiQL.

develop: .venv/develop.stamp ## Install what the tests and the checks need, too.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Freehold needs Python 3.11 or newer: make PYTHON=...")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements/run.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/develop.stamp: requirements/dev.lock .venv/run.stamp
	$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

graphiql: .venv/run.stamp ## Build GraphiQL from npm.
	@sh graphiql/build.sh

clients: .venv/run.stamp ## Install the GraphQL clients that the tests try, from npm.
	@sh tests/clients/install.sh

serve: install ## Migrate, load the demo Org, and serve it at HOST and PORT.
	@$(BIN)/freehold serve --demo --host $(HOST) --port $(PORT)

test: install develop clients ## Run all tests, on SQLite and on PostgreSQL.
	$(BIN)/pytest --numprocesses auto --dist worksteal

test-full: install develop clients ## Run the long forms of the generated tests, too.
	$(BIN)/pytest -m "full or not full"

check: install develop ## Format, lint, types, imports, the schema's text, the migrations.
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m schema --check
	$(BIN)/python -m db --check

format: develop ## Let the formatter and the linter mend what they can.
	$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	$(BIN)/ruff format $(SOURCES)

sdl: install ## Write the schema's text anew, on purpose.
	$(BIN)/python -m schema

lock: develop ## Resolve the dependencies anew.
	$(PIP) install uv
	sh requirements/lock.sh

bench: install develop ## Measure the reading of trees.
	$(BIN)/python -m bench.tree

clean: ## Remove what was installed and built, not the data.
	rm -rf .venv graphiql/dist graphiql/node_modules tests/clients/node_modules tests/clients/build
