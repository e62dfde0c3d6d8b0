# Portico on one page. `make` alone prints this list; every target sets up what it needs first.
# A line that starts with `target: ## words` is shown by `make help`.

PYTHON ?= python3
VENV   := .venv
PY     := "$(CURDIR)/$(VENV)/bin/python"

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast lint types format bench shots translations lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Environment, packages, browser files and translations; does nothing when they are current
	@$(PYTHON) -m tools.setup

run: ## Start Portico with demo data on http://localhost:5000 (PORT, DATABASE_URL, … by environment)
	@$(PYTHON) -m tools.setup --for run
	@exec $(PY) -m tools.serve

test: ## Everything: linters, types, import contracts, tests on both databases, races, browser journeys
	@$(PYTHON) -m tools.setup --for test
	@$(PY) -m tools.check all

test-fast: ## Tests without races and browser journeys
	@$(PYTHON) -m tools.setup --for test
	@$(PY) -m tools.check fast

lint: ## ruff, import contracts, templates, message catalogues
	@$(PYTHON) -m tools.setup --for checks
	@$(PY) -m tools.check lint

types: ## mypy --strict
	@$(PYTHON) -m tools.setup --for checks
	@$(PY) -m tools.check types

format: ## Rewrite Python files in the house format
	@$(PYTHON) -m tools.setup --for checks
	@$(PY) -m ruff check --fix-only --quiet . && $(PY) -m ruff format .

bench: ## Measure the pages as docs/performance.md tells it, and print its table
	@$(PYTHON) -m tools.setup --for test
	@$(PY) -m tools.bench

shots: ## Screenshots of the main pages at three widths, light and dark, into test-results/shots
	@$(PYTHON) -m tools.setup --for test
	@$(PY) -m tools.shots

translations: ## Collect new sentences into the catalogues, then compile them
	@$(PYTHON) -m tools.setup --for checks
	@$(PY) -m tools.translations update

lock: ## Resolve the dependencies of pyproject.toml anew and write the lock files
	@$(PYTHON) -m tools.setup --for checks
	@$(PY) -m tools.lock

clean: ## Remove everything that was generated, the environment included; data in instance/ stays
	rm -rf $(VENV) node_modules app/static/build app/static/vendor test-results \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find app -name '*.mo' -delete
	find app tests tools migrations -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
