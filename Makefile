# On a fresh machine with Python 3.11 or newer every target sets up what it needs (tools/setup.sh); nothing else is to be done.
BIN := .venv/bin
export QT_QPA_PLATFORM ?= offscreen

.PHONY: help setup run test check stale bench stress screenshots pictures docs manual lock dist smoke windows sbom clean

help:            ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/' | expand -t 10

setup:           ## system packages and .venv; done by every other target
	@tools/setup.sh

run: setup       ## the window; without a screen the main job on sample data: a vault, four quarters, bundles in demo/
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then env -u QT_QPA_PLATFORM $(BIN)/bjc-desktop; \
	else out=demo; [ ! -e demo ] || out=demo-$$(date +%Y%m%d-%H%M%S); $(BIN)/bjc-desktop demo --out $$out; fi

test: setup      ## all tests (COVERAGE=yes: with branch coverage, which may only rise)
	@$(BIN)/python -m pytest -n 4 -rs $(if $(COVERAGE),--cov --cov-report=term)

check: setup     ## every static tool
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports | sed -n '/^Contracts:/p;/BROKEN/,$$p'; $(BIN)/lint-imports >/dev/null
	$(BIN)/deptry .
	! $(BIN)/vulture | grep -E 'unused (class|function|import|method|property)|unreachable'
	$(BIN)/python -m bjc_desktop.indicators.documentation --check docs/indicators.md
	$(BIN)/python tools/components.py --check
	$(BIN)/python -m bjc_desktop.services.privacy_documentation --check docs/privacy.md
	$(BIN)/python tools/manual.py --check
	$(BIN)/python tools/check_tree.py

bench: setup     ## speed, measured on sample data
	@$(BIN)/python -m benchmarks

stress: setup    ## long loops of kills, power cuts, full disks and fuzzing, counted (BJC_CUTS, BJC_FUZZ_SECONDS: how many, how long)
	@$(BIN)/python -m pytest -m stress -rs

screenshots: setup ## pictures of every page, light and dark, in build/screenshots
	@$(BIN)/python tools/screenshots.py build/screenshots

pictures: setup  ## the pictures of the README and of the manual
	@$(BIN)/python tools/pictures.py
	@$(BIN)/python tools/pictures.py --manual

stale: setup     ## whether the manual's pictures show the pages as they are
	@QT_LOGGING_RULES="*.warning=false" $(BIN)/python tools/pictures.py --check

docs: setup      ## the generated documents
	$(BIN)/python -m bjc_desktop.indicators.documentation docs/indicators.md
	$(BIN)/python tools/components.py --write
	$(BIN)/python -m bjc_desktop.services.privacy_documentation docs/privacy.md
	$(BIN)/python tools/manual.py

manual: setup    ## the manual, the quick starts and the templates as HTML in resources/manual and as PDF in build/manual
	@$(BIN)/python tools/manual.py --pdf build/manual

# Universal (Linux, Windows, macOS), wheels only, with hashes, and nothing younger than a fortnight.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes --upgrade \
	--no-emit-index-url --no-header --no-annotate --exclude-newer "14 days" pyproject.toml
lock: setup      ## resolve the packages anew
	$(COMPILE) -o requirements.lock
	$(COMPILE) -c requirements.lock --group dev -o requirements-dev.lock
	$(COMPILE) -c requirements.lock --group packaging -o packaging/requirements.lock
	$(COMPILE) -c requirements.lock --group fuzz -o tests/fuzz/requirements.lock

dist: setup      ## wheel, source archive, bill of materials, frozen folder and Debian package in dist/ (packaging/README.md)
	@packaging/build.sh

smoke: setup     ## what make dist made: installed into empty places, tried, upgraded, removed
	@packaging/smoke.sh

windows: setup   ## the wheels of Windows, resolved and checked by their hashes, in build/windows
	@packaging/windows/wheels.sh

sbom: setup      ## the bill of materials (CycloneDX), the same bytes each time
	$(BIN)/python tools/components.py --sbom dist/bjc-desktop.cdx.json

clean:           ## what was generated; .venv stays
	rm -rf build dist htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find bjc_desktop tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
