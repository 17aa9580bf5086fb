# Thin names for commands a person could type. `make demo` and `make test` need nothing but Python 3.11 or newer.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5000
DATA_DIR ?= var/demo
DEMO := VAERKSTED_MODE=demo PORT=$(PORT) DATA_DIR=$(DATA_DIR)

.PHONY: demo run test lint types bench soak shots clean system-packages

# uv installs in seconds; it comes into the project's own environment, so nothing outside the folder changes.
$(VENV)/uv-ready:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	touch $@

$(VENV)/runtime-ready: $(VENV)/uv-ready requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

$(VENV)/dev-ready: $(VENV)/runtime-ready requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/runtime-ready  ## a whole workshop with fictional people, at http://localhost:5000
	@$(DEMO) $(BIN)/vaerksted demo

run: $(VENV)/runtime-ready  ## serve a real workshop; its settings come from the environment
	$(BIN)/vaerksted build
	$(BIN)/vaerksted migrate
	$(BIN)/vaerksted run

test: $(VENV)/dev-ready system-packages  ## lint, types, import contracts, and every test on both databases
	@bash tests/run.sh

lint: $(VENV)/dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/dev-ready  ## timings, as ratios from one run
	$(BIN)/python -m benchmarks

soak: $(VENV)/dev-ready  ## the races at full size, seeded and resumable
	$(BIN)/python -m benchmarks.soak

shots: $(VENV)/dev-ready  ## the pictures in the README, taken anew from the demo
	$(BIN)/python -m benchmarks.shots

# The browser and the HTML checker's Java come from the system; installed here when that is possible.
system-packages:
	@bash tests/system_packages.sh

lock:  ## after a change of dependencies in pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) var static/build
