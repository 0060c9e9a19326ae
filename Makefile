# A thin face of the npm scripts and the command line, for those whose fingers type make.
.PHONY: help install check test run env-up env-down env-ls gc

help: ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## what package.json asks for
	npm ci

check: ## types, lint, room rules, dead code
	npm run check

test: ## check, then unit and integration tests with coverage
	npm test

run: ## the whole pipeline on ObservaStack
	npm start

env-up: ## an environment of your own, filled
	npm run --silent gauntlet -- env up

env-down: ## remove all environments that no live run owns
	npm run --silent gauntlet -- env down --all

env-ls: ## environments of this machine
	npm run --silent gauntlet -- env ls

gc: ## what dead runs left behind
	npm run --silent gauntlet -- env gc
