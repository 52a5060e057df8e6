.DEFAULT_GOAL := help
.PHONY: help setup demo test test-deep lint docs lock down

PYTHON ?= python3
BIN := .venv/bin

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/installed  ## make the virtual environment from the locked requirements

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --require-hashes --requirement requirements.txt
	@touch $@

demo: setup  ## simulate a fleet, build everything on it and show what came out
	@$(BIN)/python -m sandbox demo

test: setup  ## everything that CI runs: lint, types, parse, unit tests, data tests
	@$(BIN)/python -m pytest

test-deep: setup  ## the same with many more examples per property
	@HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest

lint: setup  ## only the linters and type checker
	@$(BIN)/python -m pytest tests/python/house

docs: setup  ## the documentation site as one file, target/static_index.html
	@PATH="$(CURDIR)/$(BIN):$$PATH" dbt docs generate --static

down: setup  ## stop the sandbox
	@$(BIN)/python -m sandbox down

lock:  ## renew requirements.txt (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --quiet --output-file requirements.txt
