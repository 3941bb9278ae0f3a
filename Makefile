# `make` alone lists what there is. Needs make and Python 3.11 or later; the rest comes from PyPI.

PYTHON ?= python3
UV_VERSION = 0.13.9
export UV_PYTHON_DOWNLOADS = never
# Dozens of processes import Airflow: where no bytecode may be kept, each compiles it anew.
export PYTHONDONTWRITEBYTECODE =

BIN = .venv/bin
SECONDS ?= 60
UV = $(BIN)/uv
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet

PAGE_SOURCES = $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' \
	-not -path 'web/tests/*' -not -name schema.d.ts)

.PHONY: help demo up setup web page test chaos compose-test lint audit bench fuzz screenshots accuracy format lock clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

demo: page ## Two simulated days of the sample career sites, from nothing to both summaries
	@exec $(BIN)/jobhunt demo --stop-with-parent

up: page ## The whole stack on this machine, until Ctrl-C
	@exec $(BIN)/jobhunt up --stop-with-parent

setup: .venv/installed ## .venv from the lock

web: web/dist/index.html ## The page, into web/dist

test: web ## Every test, the quick ones first
	web/npm --silent test
	$(BIN)/pytest -n auto --dist worksteal -m "not (integration or dags or e2e or compose)"
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup -m "integration or dags or e2e"

chaos: .venv/installed ## Everything a run needs is killed in turn while it runs; JOBHUNT_CHAOS_SEED repeats one
	JOBHUNT_CHAOS=long $(BIN)/pytest -s tests/e2e/test_chaos.py tests/e2e/test_hanging_runs.py tests/faults \
		tests/e2e/test_celery.py

compose-test: .venv/installed ## Images and compose file on a real Docker engine; needs docker.io and debootstrap
	$(BIN)/pytest -s tests/compose

lint: web/node_modules/.package-lock.json ## Format, lint, types and the arrows between packages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	web/npm --silent run types
	web/npm --silent run check

audit: .venv/installed ## Components, licences, secrets and known vulnerabilities, into build/
	deploy/audit

bench: .venv/installed ## A crawl beside Scrapy, whole runs, what followers cost, the progress stream; needs nginx
	$(BIN)/python -m bench.crawl
	$(BIN)/python -m bench.runs 25x1000 100x10000 1025x2050
	$(BIN)/python -m bench.followers
	$(BIN)/python -m bench.days
	$(BIN)/python -m bench.stream
	$(BIN)/python -m bench.footprint

fuzz: .venv/installed ## Readers and the address guard are given whatever comes, each for SECONDS
	JOBHUNT_FUZZ_SECONDS=$(SECONDS) $(BIN)/pytest -n auto --timeout 0 tests/fetch/test_fuzz.py

screenshots: web ## The README's pictures of the page, while `make up` runs; needs Chromium
	$(BIN)/python -m tests.browser.screenshots

accuracy: .venv/installed ## How right postings are read, beside two peers; JOBHUNT_RECORDED names a folder of recorded ones
	$(BIN)/python -m bench.accuracy

format: web/node_modules/.package-lock.json ## Format, and fix what can be fixed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	web/npm --silent run format

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

# Ingesting goes without its page, so where npm's packages can't be had the stack still starts.
page: .venv/installed
	@$(MAKE) --no-print-directory web || echo "The page can't be built; the API goes without it."

web/node_modules/.package-lock.json: web/package-lock.json .venv/installed
	@echo "Fetching what the page is built with"
	@web/npm ci --loglevel error --no-progress >/dev/null
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(PAGE_SOURCES)
	@echo "Building the page"
	@web/npm --silent run build
