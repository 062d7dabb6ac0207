# Everything runs in an environment of its own, .venv; the first call makes it.

PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo test lint bench hooks clean

demo: .venv/ready
	@$(BIN)/python -m tests.sites.demo demo

test: .venv/ready
	$(BIN)/pytest

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/ready
	$(BIN)/pytest benchmarks/test_speed.py --benchmark-only --benchmark-columns=median,ops --benchmark-sort=name

hooks: .venv/ready
	$(BIN)/pre-commit install

clean:
	rm -rf .venv demo

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@
