# Each target is one line, `make help` lists them. Set-up is done by setup/, the rest by `ivr`.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench bench-full e2e encoder doctor docs lock clean
SETUP := @python3 -m setup
IVR := .venv/bin/ivr
PYTEST := .venv/bin/python -m pytest
# Real calls mostly wait, so three at a time share two cores; the floors with calls come first.
THREE_AT_A_TIME := -n 3 --dist loadfile --no-loadscope-reorder

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## set everything up, then hear three real calls from end to end
	$(SETUP) run && $(IVR) demo

test: ## set everything up, then run every test but the benchmarks (about 10 min)
	$(SETUP) test && $(PYTEST) $(THREE_AT_A_TIME) --ignore=tests/bench

run: ## keep the hotline up until Ctrl-C
	$(SETUP) run && $(IVR) run

setup: ## only the set-up, tests included; the second time it takes a second
	$(SETUP) test && echo "Everything is there. \`make demo\` or \`make run\` is next."

check: ## format, lint, types, layers (under 20 s)
	$(SETUP) check && .venv/bin/ruff format --check . && .venv/bin/ruff check . && .venv/bin/mypy && .venv/bin/lint-imports --no-logo

e2e: ## only the tests with SIP phones on a running hotline
	$(SETUP) test && $(PYTEST) $(THREE_AT_A_TIME) tests/e2e

bench: ## hold conversations and measure them at the phone's ear, then up to 40 callers (about 10 min)
	$(SETUP) test && $(IVR) bench

bench-full: ## the same, every line, more calls, up to 60 callers (about 40 min)
	$(SETUP) test && $(IVR) bench --full

encoder: ## fetch the optional sentence encoder (31 MB; see docs/developers/understanding.md)
	$(SETUP) encoder

doctor: ## what is there, what is missing, and the remedy
	$(SETUP) check && $(IVR) doctor

docs: ## draw diagrams, the fields of flows and their schemas from the code again
	$(SETUP) check && .venv/bin/python docs/draw.py && .venv/bin/python -m ivr.dialog.reference

lock: ## note the versions in use as those that set-up installs
	$(SETUP) run && python3 -m setup lock

clean: ## remove what the set-up and the hotline made, except calls and secrets in var/
	@rm -rf .venv .venv-rasa .setup build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/cache
