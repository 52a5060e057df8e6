.DEFAULT_GOAL := help
.PHONY: help setup demo report answers test test-deep mutants conformance benchmark lint docs lock down

PYTHON ?= python3
TARGET ?= sandbox
BIN := .venv/bin

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/installed  ## make the virtual environment from the locked requirements

# dbt 1.11, which the lock holds, does not run on Python 3.14. The lock has all dependencies, so pip resolves none: pip 23.2 refuses a
# lock of `sqlglot[c]==30.30.0` if a package needs `sqlglot` and a newer release is out.
.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; (3, 10) <= sys.version_info < (3, 14) or sys.exit("$(PYTHON) is Python %d.%d. Python 3.10 to 3.13 is needed: make PYTHON=python3.13 setup" % sys.version_info[:2])'
	@$(PYTHON) -m venv .venv
	@echo "Installing the locked requirements into .venv, which takes a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip check >/dev/null || $(BIN)/python -m pip check
	@touch $@

demo: setup  ## simulate a fleet, build everything on it and show what came out
	@$(BIN)/python -m sandbox demo

report: setup  ## what the marts say, as one file, target/report.html: make report ARGUMENTS="--from 2026-09-01 --to 2026-09-20"
	@test "$(TARGET)" != sandbox || $(BIN)/python -m sandbox up >/dev/null
	@$(BIN)/python -m report --target $(TARGET) $(ARGUMENTS)

test: setup  ## everything that CI runs: lint, types, parse, unit tests, data tests
	@$(BIN)/python -m pytest

test-deep: setup  ## takes hours: more examples, all cases, the mutants of all models and of the engine
	@HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest

mutants: setup  ## check that unit tests and increments notice changed SQL, of all models or MODELS="fct_orders fct_ratings", or MODELS=engine
	@$(BIN)/python -m mutants $(MODELS)

conformance: setup  ## prove the project on a warehouse, in schemas that come and go: make conformance TARGET=redshift
	@test "$(TARGET)" != sandbox || $(BIN)/python -m sandbox up >/dev/null
	@$(BIN)/python -m conformance --target $(TARGET)

benchmark: setup  ## what runs cost, and how others drift: the figures of docs/benchmarks.md (over half an hour, 20 GB of disk)
	@$(BIN)/python -m benchmarks

lint: setup  ## only the linters and type checker
	@$(BIN)/python -m pytest tests/python/house

docs: setup  ## the documentation site, target/static_index.html, with a diagram of keys and column lineage beside it
	@$(BIN)/python -m sandbox up >/dev/null
	@$(BIN)/dbt --quiet docs generate
	@$(BIN)/python -m docsite site
	@echo "Open target/static_index.html"

answers: setup  ## renew the answers of the analyses and of docs/analysts.md, after make demo
	@$(BIN)/python -m docsite answers

down: setup  ## stop the sandbox
	@$(BIN)/python -m sandbox down

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --quiet

lock:  ## renew the locks of developers and of production (needs uv)
	$(COMPILE) --group dev --output-file requirements.txt
	$(COMPILE) --constraints requirements.txt --output-file requirements-production.txt
