# Two commands matter: `make run` shows the product, `make test` proves it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SELFCARE_PORT ?= 8000
export REFLEX_USE_SYSTEM_BUN := 1
export REFLEX_TELEMETRY_ENABLED := false
export REFLEX_CHECK_LATEST_VERSION := false

.DEFAULT_GOAL := help
.PHONY: help run test check slow bench screenshots requirements clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.runtime: requirements.txt constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

run: $(VENV)/.runtime ## prepare a demonstration operator and serve it on SELFCARE_PORT (8000)
	SELFCARE_DEMO=1 SELFCARE_PORT=$(SELFCARE_PORT) $(BIN)/python -m selfcare_app run

check: $(VENV)/.development ## format, lint, types, walls: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest tests/architecture

test: $(VENV)/.development check ## every check and test
	$(BIN)/python -m tests.chromium
	$(BIN)/pytest tests --ignore=tests/architecture -m "not slow" -n 2 --dist loadfile --durations=25

slow: $(VENV)/.development ## what takes minutes by itself: races a thousand times, memory under bad rows
	$(BIN)/pytest tests -m slow -n 2 --dist loadfile --durations=10

bench: $(VENV)/.development ## floor and product side by side, with ratio, goal and verdict
	$(BIN)/python -m bench

screenshots: $(VENV)/.development ## every page × phone and desktop × light and dark × language, into screenshots/
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.screenshots

requirements: $(VENV)/.development ## requirement id → tests, and the ids without a test
	$(BIN)/python -m tests.citations

clean: ## remove what can be made again
	rm -rf .web .web-bundles .mypy_cache .ruff_cache .hypothesis .import_linter_cache screenshots
