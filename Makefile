# Few targets, each one call of run.py, which also works without make.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help book pdf test verify freeze release bench newest env clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

book: ## execute the chapters and build the site in _build/html
	@$(PYTHON) run.py book

pdf: ## build the site, and the whole book as PDF beside it; needs Chromium
	@$(PYTHON) run.py pdf

test: ## check style, types, imports and the data; build the book; run the tests
	@$(PYTHON) run.py test

verify: ## execute the chapters anew and compare with the frozen results.json
	@$(PYTHON) run.py verify

freeze: ## execute the chapters anew and write results.json
	@$(PYTHON) run.py freeze

release: ## pack site, results, data, code and lock into one zip: make release VERSION=0.1.0
	@$(PYTHON) run.py release $(VERSION)

bench: ## time the build and the statistics beside named peers in the same run, as tables
	@$(PYTHON) run.py bench

newest: ## tell which numbers move with the newest packages that pyproject.toml allows
	@$(PYTHON) run.py newest

env: ## make the environment .venv from requirements.txt
	@$(PYTHON) run.py env

clean: ## remove what was built; the environment stays
	@$(PYTHON) run.py clean
