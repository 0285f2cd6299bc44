# Every target sets up what it needs in .venv; a machine with Python 3.11 and make is enough.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test fuzz soak bench clean
.DEFAULT_GOAL := test

.venv/.ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

serve: .venv/.ready
	$(BIN)/atthene-emulator serve

test: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

fuzz: .venv/.ready
	$(BIN)/python -m tests.openapi.fuzz

soak: .venv/.ready
	$(BIN)/pytest --no-cov -s -m soak

bench: .venv/.ready
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.validation
	$(BIN)/python -m tests.bench.turns
	$(BIN)/python -m tests.bench.worlds

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .coverage
