# Service level documents. `make` builds everything, `make test` tests it, `make help` lists the rest.
#
# Variables: MONTH=2026-10  the month to report on (default: the newest under sources/metrics)
#            CUSTOMER=id    the documents of this customer only
#            AT=2026-11-20T12:00   now, for forecast and alert (default: where the exports end)
#            PORT=8000      where make serve shows the portal
#            WORKERS=2      processes (default: as many as pay)
#            CLUSTER=tcp://HOST:PORT   render on the workers of this Dask scheduler
#            SOURCES=dir OUTPUT=dir   other folders than sources/ and output/
#            PYTHON=python3.12        the Python to set up with (3.11 or newer)

PYTHON ?= python3
BIN := .venv/bin
FONTS := $(or $(SLM_FONTS),.fonts)
SLM = $(BIN)/python -m pipeline
# a value as one word for the shell, whatever it holds
quoted = '$(subst ','\'',$(1))'
WHOSE = $(if $(CUSTOMER),--customer $(call quoted,$(CUSTOMER))) $(if $(SOURCES),--sources $(call quoted,$(SOURCES)))
CHOSEN = $(if $(MONTH),--month $(call quoted,$(MONTH))) $(WHOSE)
KEPT = $(if $(SOURCES),--sources $(call quoted,$(SOURCES))) $(if $(OUTPUT),--output $(call quoted,$(OUTPUT)))
ISSUED = $(CHOSEN) $(if $(OUTPUT),--output $(call quoted,$(OUTPUT)))
WHERE = $(if $(WORKERS),--workers $(call quoted,$(WORKERS))) $(if $(CLUSTER),--cluster $(call quoted,$(CLUSTER)))
PLACED = $(ISSUED) $(WHERE)

# pip as quiet as it is useful, and nothing but what the lock files pin
PIP = $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
INSTALL = $(PIP) install --require-hashes --requirement
NPM = npm ci --prefix .tools --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel error

.PHONY: all check catalog sla ola uc procedure requirements alignment reports overview minutes review-packs improvements satisfaction dispatch send verify compare forecast alert doctor demo-data test test-slow fuzz lint bench lock audit sbom version clean distclean help setup setup-dev portal serve
.DEFAULT_GOAL := all

all: setup ## build every document that is due for the month
	@$(SLM) build $(PLACED)

check: setup ## validate and measure everything, write nothing
	@$(SLM) check $(CHOSEN)

catalog sla ola uc procedure requirements alignment reports overview minutes review-packs improvements satisfaction: setup ## build only the documents of this kind
	@$(SLM) build $@ $(PLACED)

forecast: setup ## tell what the running periods will come to
	@$(SLM) forecast $(if $(AT),--at $(call quoted,$(AT))) $(WHOSE)

alert: setup ## write a notice of what is new in them; make ends with 2 when there is one
	@$(SLM) alert $(if $(AT),--at $(call quoted,$(AT))) $(WHOSE) $(if $(OUTPUT),--output $(call quoted,$(OUTPUT)))

portal: all ## build, then write the portal into output/portal (with CUSTOMER=id one to hand over)
	@$(SLM) portal $(ISSUED)

serve: setup ## show the portal on this machine and build again whenever something is saved
	@$(SLM) serve $(if $(PORT),--port $(call quoted,$(PORT))) $(ISSUED)

dispatch: all ## build, then write the mails that are due into output/dispatch, to look at
	@$(SLM) dispatch $(ISSUED)

send: setup ## deliver the mails that are due over the server of SLM_SMTP_HOST, each once
	@$(SLM) dispatch --send $(ISSUED)

verify: setup ## hold what was published, signed and issued against its digests
	@$(SLM) verify $(KEPT)

compare: setup ## tell what changed: OLD=sla-x@A/00 NEW=sla-x@A/01, or all sources since BASE=revision
	@$(SLM) compare $(if $(BASE),--base $(call quoted,$(BASE)),$(call quoted,$(OLD)) $(call quoted,$(NEW))) \
	  $(if $(SOURCES),--sources $(call quoted,$(SOURCES)))

version: setup ## tell what this is made of: packages with licences, libraries, fonts, programs
	@$(SLM) version

sbom: setup ## write what this release is pinned to into dist/sbom.cdx.json (CycloneDX)
	@mkdir -p dist
	@$(SLM) version --sbom > dist/sbom.cdx.json.new && mv dist/sbom.cdx.json.new dist/sbom.cdx.json

doctor: setup ## tell what this machine has and what is missing
	@$(SLM) doctor

demo-data: setup ## write the demonstration exports under sources/metrics again, byte for byte
	@$(BIN)/python benchmarks/generate.py --demo

test: setup-dev ## install what the tests need and run them
	$(BIN)/python -m pytest -n 2

test-slow: setup-dev ## the long campaigns
	$(BIN)/python -m pytest -n 2 -m slow

fuzz: .venv/.installed-fuzz ## try to break an input: TARGET=yaml SECONDS=300 (see tests/fuzz/targets.py)
	$(BIN)/python -m tests.fuzz.cover $(call quoted,$(or $(TARGET),yaml)) --seconds $(call quoted,$(or $(SECONDS),60))

lint: setup-dev ## style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup-dev ## time the stages on generated customers, and rendering and measuring against their peers
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/rendering.py
	$(BIN)/python benchmarks/measuring.py

clean: ## remove the documents that were built
	rm -rf output

distclean: clean ## remove the installation too
	rm -rf .venv .fonts .tools dist .fuzz .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

help: ## this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
	  awk -F '\t' '{printf "make %-22s %s\n", $$1, $$2}'
	@sed -n 's/^# \(Variables:\)/\n\1/p; s/^#  *\([A-Z]*=.*\)/           \1/p' $(MAKEFILE_LIST)

# ---- set-up: done once, and again when a pinned version changes -----------------------------------------------------

setup: .venv/.installed $(FONTS)/fonts.json

setup-dev: .venv/.installed-dev $(FONTS)/fonts.json .tools/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -m pipeline.doctor system --install
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo 'installing the pinned packages into .venv'
	@$(INSTALL) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo 'installing what tests and checks need'
	@$(INSTALL) requirements-dev.lock
	@touch $@

.venv/.installed-fuzz: requirements-fuzz.lock | setup-dev
	@echo 'installing the fuzzer'
	@$(INSTALL) requirements-fuzz.lock
	@touch $@

# Programs that some tests need. What is missing lets them be skipped; CI=true installs it, or fails.
.PHONY: programs
programs: | .venv/.installed
	@$(PYTHON) -m pipeline.doctor development $(if $(filter true,$(CI)),--install)

.tools/.installed: tests/tools/package.json tests/tools/package-lock.json | programs
	@if command -v npm >/dev/null; then \
	  echo 'installing what Word files and web pages are held against into .tools' && mkdir -p .tools && cp $^ .tools && \
	  $(NPM) && touch $@; \
	fi $(if $(filter true,$(CI)),,|| echo 'it could not be installed; tests that need it will be skipped')

$(FONTS)/fonts.json: pipeline/render/cutting.py requirements.lock | .venv/.installed
	@echo 'preparing the fonts (once, about half a minute)'
	@$(BIN)/python -m pipeline.doctor fonts
	@touch $@

# ---- upkeep ---------------------------------------------------------------------------------------------------------

lock: ## pin the newest allowed versions again (for maintainers)
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip --quiet install uv
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade \
	  --custom-compile-command 'make lock' --extra build --output-file requirements.lock pyproject.toml
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade \
	  --custom-compile-command 'make lock' --extra build --extra dev --extra sql --output-file requirements-dev.lock pyproject.toml
	printf '%s\n' "atheris==3.0.0; python_version < '3.12'" "atheris>=3.1; python_version >= '3.12'" | .venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade \
	  --custom-compile-command 'make lock' --python-version 3.11 --output-file requirements-fuzz.lock -
	rm -rf .venv-lock

audit: ## ask the vulnerability database about every pinned package (needs a network; no test does)
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip --quiet install pip-audit
	.venv-audit/bin/pip-audit --disable-pip --require-hashes --requirement requirements-dev.lock; \
	  found=$$?; rm -rf .venv-audit; exit $$found
