# make demo   runs everything on http://127.0.0.1:8000      make test   proves it
# make check  lint, types, import contracts                 make help   the rest
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: FORCE help demo test check bench shots venv front clean
PYTHON ?= python3
BIN := .venv/bin
export PYTHON

PLUGINS := $(wildcard plugins plugins/*/pyproject.toml)
FRONT := $(shell find frontend \( -name node_modules -o -name templates \) -prune -o -type f -print 2>/dev/null)

# Scripts inside an environment carry its path, so a moved checkout makes a new one.
ifneq ($(shell cat .venv/checkout 2>/dev/null),$(CURDIR))
.venv/runtime .venv/dev: FORCE
endif
FORCE:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: .venv/runtime platform/kaohe/static/.built ## builds, loads the demo jurisdictions, serves; Ctrl-C stops it all
	@exec $(BIN)/kaohe demo

test: venv front ## everything, browser tests too
	@scripts/chromium
	@$(BIN)/python -m pytest -n auto --ignore tests/e2e
	@$(BIN)/python -m pytest -n auto tests/e2e # apart: the browser's event loop never ends, others need their own

check: venv ## ruff, mypy strict, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: venv front ## measures speed as ratios
	@$(BIN)/python -m bench

shots: venv front ## screenshots of every page
	@scripts/chromium
	@$(BIN)/python scripts/shots.py

venv: .venv/dev ## .venv with everything needed to work on kaohe
front: platform/kaohe/static/.built ## styles and scripts

.venv/runtime: requirements.lock pyproject.toml $(PLUGINS)
	@scripts/venv requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock pyproject.toml $(PLUGINS)
	@scripts/venv requirements-dev.lock
	@touch $@ .venv/runtime

platform/kaohe/static/.built: $(FRONT) | .venv/runtime
	@scripts/front
	@mkdir -p $(@D) && touch $@

clean: ## removes what was built; the data in .kaohe stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache frontend/node_modules platform/kaohe/static
