# Everything a person or a CI job does with this project. `make` alone lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup demo dev browser test check format api bench chaos fuzz screenshots clean

BIN := .venv/bin
INPUTS := pyproject.toml uv.lock scripts/bootstrap
ARGS ?=

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready-to-run ## Make .venv with the textback command in it
	@:

demo: setup ## Open the example bot with a simulated phone at http://127.0.0.1:8000
	@$(BIN)/textback demo $(ARGS)

dev: .venv/.ready-to-develop ## As setup, with the tools for tests, checks and benchmarks
	@:

browser: dev ## Make sure that the browser tests have a Chromium
	@sh scripts/browser

test: dev browser ## Run all tests; ARGS="tests/engine -k keyword" narrows them
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -rR $(ARGS)

check: dev ## Lint, formatting, types, import rules and documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/docs tests/architecture

format: dev ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

api: dev ## Write anew what is made from the description of the API: its page and the Python client
	@$(BIN)/python -m generate

bench: dev ## Measure round trips, latency, memory, cost and peers; ARGS="--large" or "--soak 10" go further
	@$(BIN)/python -m benchmarks $(ARGS)

chaos: dev ## Kill servers for ten minutes while texts arrive, and look for what was lost or doubled
	@$(BIN)/python -m chaos $(ARGS)

fuzz: dev ## Try 100,000 spoilt inputs on everything that reads what comes from outside
	@$(BIN)/python -m fuzz $(ARGS)

screenshots: dev browser ## Take the pictures of the README and the documents anew; ARGS="desk.webp" only these
	@$(BIN)/python -m screenshots $(ARGS)

clean: ## Remove everything that the other targets made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready-to-run: $(INPUTS)
	@sh scripts/bootstrap run

.venv/.ready-to-develop: $(INPUTS)
	@sh scripts/bootstrap develop
