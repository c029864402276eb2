# One command for each thing that people do here. Everything that is written stays in this folder:
# programs in .venv/, data in var/ (or PORTAL_DATA), caches beside the code.

PYTHON ?= python3
RUN := .venv/bin/python -m
FLASK := $(RUN) flask --app portal

export TMPDIR := $(CURDIR)/var/tmp
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.hypothesis
ifeq ($(wildcard $(HOME)/.rustup),) # pip asks rustc for its version, and an unused rustup would then write into HOME
export RUSTUP_HOME := $(TMPDIR)/rustup
endif
$(shell mkdir -p var/tmp)

.DEFAULT_GOAL := help
.PHONY: help run demo test lint journeys shots bench lock

help: # this list
	@sed -n 's/^\([a-z]*\):[^#]*# \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run: .venv/installed # install what is missing, prepare the data folder, serve on http://127.0.0.1:8000
	@$(FLASK) init
	@exec $(FLASK) serve

demo: export PORTAL_DEMO := 1
demo: export PORTAL_DATA := $(CURDIR)/var/demo
demo: export PORTAL_NOW := 2026-11-24T10:00
demo: .venv/installed # the same with a simulated city; its staff accounts are printed
	@$(FLASK) demo
	@exec $(FLASK) serve

test: .venv/installed # all tests but the journeys; on SQLite, or on the PostgreSQL database in TEST_DATABASE_URL
	@$(RUN) pytest --ignore=tests/journeys --ignore=tests/bench $(ARGS)

lint: .venv/installed-tools # style, types, templates
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) mypy --strict --follow-imports=silent -p portal.domain
	@$(RUN) djlint templates --lint --quiet

journeys: .venv/installed-tools # the site in a real browser; needs Chromium (CHROMIUM names another than /usr/bin/chromium)
	@mkdir -p var/home && HOME=$(CURDIR)/var/home $(RUN) pytest tests/journeys $(ARGS)

shots: .venv/installed-tools # pictures of every page in var/shots/
	@mkdir -p var/home && HOME=$(CURDIR)/var/home $(RUN) tests.shots $(ARGS)

bench: .venv/installed # how fast it is, as ratios to a bare Flask
	@$(RUN) tests.bench $(ARGS)

lock: .venv/installed-tools # the lists in pyproject.toml -> requirements.txt and requirements-dev.txt
	@UV_NO_CACHE=1 .venv/bin/python .ci/lock.py

# The marks say when something was installed; a changed list installs again.
.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or later is needed as $(PYTHON); name another with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) lacks the module venv; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(RUN) pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/installed-tools: .venv/installed requirements-dev.txt
	@echo "installing the tools ..."
	@$(RUN) pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
