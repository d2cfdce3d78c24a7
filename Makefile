# Every target says in its ## line what it is for; `make help` prints them.

PYTHON ?= python3
PORT ?= $(or $(PORTAL_PORT),8000)
PYTEST_ARGS ?=
DATABASE ?= sqlite
BENCH_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-postgresql check format lock audit bench samples guide docs clean

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

setup: $(VENV)/.installed  ## Make .venv with the locked dependencies (idempotent)

setup-dev: $(VENV)/.installed-dev  ## The same, with what tests and checks need

run: setup  ## Serve the portal with the sample library; PORT=8080 changes the port
	@PORTAL_DEMO=$${PORTAL_DEMO:-1} \
	PORTAL_ANONYMOUS_READING=$${PORTAL_ANONYMOUS_READING:-1} \
	PORTAL_PORT=$(PORT) sh tools/run.sh

test: setup-dev $(VENV)/.installed-bench  ## Install what tests need and run every test
	@sh tools/browser.sh
	@sh tools/ldap.sh
	@sh tools/postgresql.sh
	@npm ci --prefix tests/browser --no-audit --no-fund --silent
	@$(BIN)/python -m pytest -n 3 --dist worksteal --database $(DATABASE) $(PYTEST_ARGS)

test-postgresql: DATABASE := postgresql
test-postgresql: test  ## The same with every portal of the tests on PostgreSQL

check: setup-dev  ## Format, lint, types, import contracts, migrations, translations, docs
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.checks

format: setup-dev  ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

docs: setup-dev  ## Write the generated parts of docs/
	@$(BIN)/python -m tools.reference

guide: setup-dev  ## Take the pictures of the user guide anew
	@sh tools/browser.sh
	@$(BIN)/python -m pytest -q tests/browser/test_guide.py -k shows --guide

samples: setup-dev  ## Build samples/library from samples/sources
	@sh tools/browser.sh
	@$(BIN)/python -m samples.build

lock: setup-dev  ## Resolve requirements/*.in into hashed lock files
	@for name in base dev bench; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --quiet --upgrade \
	    --custom-compile-command "make lock" requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

audit: setup-dev  ## Compare the locked dependencies with published advisories
	@$(BIN)/pip-audit --requirement requirements/base.txt --require-hashes --disable-pip --strict
	@npm audit --prefix tests/browser

bench: setup-dev $(VENV)/.installed-bench  ## Measure speed and quality, beside peers in the same run; BENCH_ARGS="--docs 5000"
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

clean:  ## Remove .venv and caches; data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis artifacts

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "需要 Python 3.11 或更新版本；可用 make PYTHON=python3.12 指定。" \
	       "Python 3.11 or newer is needed; choose one with make PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "无法创建 .venv；Debian 上请先 apt-get install python3-venv。" >&2; exit 1; }

$(VENV)/.installed: requirements/base.txt setup.cfg pyproject.toml $(VENV)/bin/python \
		$(wildcard portal/web/translations/*/LC_MESSAGES/*.po) portal/text/traditional.py
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m tools.catalogues
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt $(VENV)/.installed
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.installed-bench: requirements/bench.txt $(VENV)/.installed-dev
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@
