# `make run` and `make test` do all set-up themselves; see `make help`.
PYTHON := .venv/bin/python
export QT_QPA_PLATFORM ?= offscreen

help:           ## what there is
	@grep -E '^[a-z]+:.*##' Makefile

setup:          ## system libraries and locked packages
	@tools/setup.sh requirements-dev.lock

run: setup      ## the main job: sample data, four quarters, bundles
	@.venv/bin/bjc-desktop demo --out demo

test: setup     ## all tests
	@$(PYTHON) -m pytest -n 2 -q -rs

check: setup    ## all static tools
	$(PYTHON) -m ruff check bjc_desktop
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m bjc_desktop.indicators.documentation --check docs/indicators.md

docs: setup     ## the generated documents
	$(PYTHON) -m bjc_desktop.indicators.documentation docs/indicators.md

stress: setup   ## long kill loops and fuzzing
	@$(PYTHON) -m pytest -q -m stress -o addopts=

lock:           ## resolve the packages anew
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --only-binary :all: requirements.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --only-binary :all: requirements-dev.in -o requirements-dev.lock

.PHONY: help setup run test check docs stress lock
