# make run: try claimdrift on the articles in seeds/.  make test: everything a change has to pass.  make help: the rest.
# Python 3.11 or newer is needed; another interpreter is named with `make run PYTHON=python3.12`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUTPUTS ?= outputs
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: help run test check quality bench model clean

help:
	@echo "make run      set up .venv, check the articles in seeds/, write the results to $(OUTPUTS)/"
	@echo "make test     lint, types and tests"
	@echo "make check    lint and types only"
	@echo "make quality  accuracy, with the floors it must not fall under"
	@echo "make bench    time and memory"
	@echo "make model    train the embedded checkpoint anew (hours on a CPU)"
	@echo "make clean    remove .venv and caches; $(OUTPUTS)/ stays"

run: $(VENV)/.installed
	@echo "Checking the articles in seeds/. The first run also sets up Prefect's database, which takes about 20 seconds."
	@$(BIN)/claimdrift check seeds/ --outputs $(OUTPUTS)
	@echo "The results are in $(OUTPUTS)/: the tables are Parquet files, e.g. pandas.read_parquet('$(OUTPUTS)/findings')."

test: check
	$(BIN)/python -m pytest -q -m "not slow"

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/pyright

quality: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -m quality -s

bench: $(VENV)/.installed-dev
	@set -e; for script in tests/benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python "$$script"; done

model: $(VENV)/.installed-train
	$(BIN)/python -m models.train

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
