# One command an act. Everything lives in .venv; nothing asks a question. `make help` lists the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet
EXTRAS := postgres,mysql,spark,test
SPARK  := build/spark
AXE    := build/axe/axe.min.js

ALONE  := tests/browser tests/storage/engines # a browser and a cluster take both cores

.DEFAULT_GOAL := help
.PHONY: help run test check spark axe bench samples constraints clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.runtime ## install what is missing and start the demo on 127.0.0.1:8501
	$(BIN)/kpi demo

test: $(VENV)/.testing spark axe ## install what is missing, then every check and every test
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 tests/kpi
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore=tests/kpi $(ALONE:%=--ignore=%)
	$(BIN)/python -m pytest $(ALONE)

check: $(VENV)/.testing ## format, lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

spark: $(VENV)/.python ## install a Spark cluster beside the project, for the tests; without Java nothing is done
	@if command -v java >/dev/null; then $(MAKE) --no-print-directory $(SPARK)/.ready; else \
	  echo "No Java on the PATH: what runs on a Spark cluster is not tested."; fi

axe: ## fetch axe-core, which judges the accessibility of the page; without npm nothing is done
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(AXE); else \
	  echo "No npm on the PATH: what axe-core says of the page is not tested."; fi

bench: $(VENV)/.testing ## measure speed and memory; prints JSON
	@for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

samples: $(VENV)/.testing ## make the sample data and their expected values anew
	$(BIN)/python -m sample_data.make_samples sample_data
	$(BIN)/python -m sample_data.work_out_expected sample_data

constraints: ## resolve constraints.txt anew: the newest versions that fit pyproject.toml
	rm -rf build/resolve && $(PYTHON) -m venv build/resolve
	build/resolve/bin/python -m pip install --quiet '.[$(EXTRAS)]'
	sed -n '/^#/p' constraints.txt > build/constraints.txt
	build/resolve/bin/python -m pip freeze --exclude kpi-dashboard >> build/constraints.txt
	mv build/constraints.txt constraints.txt && rm -rf build/resolve

clean: ## remove what was installed and what the tools left behind
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Install a newer one and name it, e.g.  make PYTHON=python3.12 run" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing into $(VENV); the first time takes a minute."
	$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/.testing: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing into $(VENV); the first time takes a minute."
	$(PIP) -c constraints.txt -e '.[spark,test]'
	@touch $@ $(VENV)/.runtime

# The whole of Spark, at the version of the client; both call themselves pyspark, so it has an environment of its own.
$(SPARK)/.ready: constraints.txt
	@echo "Installing Spark into $(SPARK): 450 MB, about a minute."
	rm -rf $(SPARK) && $(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps \
	  "pyspark==$$(sed -n 's/^pyspark-client==//p' constraints.txt)"
	@touch $@

$(AXE):
	mkdir -p $(@D) && cd $(@D) && npm pack --silent axe-core@4.14.1 >/dev/null && tar -xzf axe-core-*.tgz --strip-components=1
