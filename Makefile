# Everything runs in an environment of its own, .venv; the first call makes it.

PYTHON ?= python3
BIN = .venv/bin
REPORTS = $(filter-out %cut_off %lost_figures tests/fixtures/not_a_report%,$(wildcard tests/fixtures/*))

.PHONY: demo test lint bench clean

demo: .venv/ready
	@$(BIN)/nianbao rebuild $(REPORTS)
	$(BIN)/nianbao compare requests_received requests_handled disclosure_rate reviews_total litigation_total
	$(BIN)/nianbao findings --kind publisher
	@echo "reports.db is made. Try next:"
	@echo "  $(BIN)/nianbao compare requests_received --within 福建省     one figure, a column for each year"
	@echo "  $(BIN)/nianbao show --place 河源市                           a report as the form it follows"
	@echo "  $(BIN)/nianbao parse tests/fixtures/pingtan_2023_squashed    what is read, as JSON"
	@echo "  $(BIN)/sqlite-utils reports.db 'select * from published_errors' --table"

test: .venv/ready
	$(BIN)/pytest

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/ready
	$(BIN)/pytest benchmarks --benchmark-only --benchmark-columns=median,ops --benchmark-sort=name

clean:
	rm -rf .venv reports.db

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@
