# `make` alone lists what there is. Needs make and Python 3.11 or later; the rest comes from PyPI.

PYTHON ?= python3
UV_VERSION = 0.13.9
export UV_PYTHON_DOWNLOADS = never

BIN = .venv/bin
UV = $(BIN)/uv
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet

.PHONY: help demo up setup test chaos lint bench format lock clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

demo: .venv/installed ## Two simulated days of the sample career sites, from nothing to both summaries
	@exec $(BIN)/jobhunt demo --stop-with-parent

up: .venv/installed ## The whole stack on this machine, until Ctrl-C
	@exec $(BIN)/jobhunt up --stop-with-parent

setup: .venv/installed ## .venv from the lock

test: .venv/installed ## Every test, the quick ones first
	$(BIN)/pytest -n auto --dist loadgroup -m "not (integration or dags or e2e)"
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup -m "integration or dags or e2e"

chaos: .venv/installed ## Everything a run needs is killed in turn while it runs; JOBHUNT_CHAOS_SEED repeats one
	JOBHUNT_CHAOS=long $(BIN)/pytest -s tests/e2e/test_chaos.py

lint: .venv/installed ## Format, lint, types and the arrows between packages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/basedpyright
	$(BIN)/lint-imports

bench: .venv/installed ## The progress stream beside a naive one, and starts under load
	$(BIN)/python -m bench.stream

format: .venv/installed ## Format, and fix what can be fixed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: .venv/installed ## Every requirements*.txt from its .in; keeps pins that still fit
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-api.in -c requirements.txt -o requirements-api.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean: ## Forget the stack's state
	rm -rf "$${JOBHUNT_HOME:-.jobhunt}"

# pip would take minutes for what uv does in seconds. The build backend (setuptools) is in the
# lock, so the project itself needs no isolated build and nothing more from the network.
.venv/installed: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
		"Python 3.11 or later is needed, this is " + sys.version.split()[0] + \
		"; name another with make PYTHON=...")'
	@echo "Building .venv from requirements-dev.txt"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(UV) pip install --quiet --require-hashes -r requirements-dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
