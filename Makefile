# Two commands do all: `make demo` and `make test`. VENV may name an environment that already has what is needed.
VENV ?= .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed

.PHONY: demo test quick check lint docs bench faults promises attacks oracles clean

$(STAMP): pyproject.toml
	tools/install.sh $(VENV)
	@touch $@

demo: $(STAMP)
	@PATH="$(abspath $(VENV))/bin:$$PATH" tools/demo.sh

test: $(STAMP)
	$(PY) -m pytest -q -n 2

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	PATH="$(abspath $(VENV))/bin:$$PATH" $(VENV)/bin/lint-imports
	$(PY) tools/house_rules.py
	$(PY) tools/reference.py --check
	$(PY) tools/promises.py --check
	$(PY) -m tools.fit_scan --check

quick: lint
	$(PY) -m pytest -q -n 2 -m "not slow"

check: lint test

docs: $(STAMP)
	$(PY) tools/reference.py
	$(PY) tools/promises.py
	$(PY) -m tools.fit_scan --write

# About an hour and a half: every call, every byte, 10,000 damaged files a format. MASKER_FAULTS_SEED chooses other
# ones, MASKER_FAULTS_INPUTS, MASKER_FAULTS_KILLS and MASKER_FAULTS_KEYS how many.
faults: $(STAMP)
	MASKER_FAULTS=long $(PY) -m pytest -q -n 2 -m faults

# Runs what proves a promise and writes what it measured into docs/; MASKER_FAULTS=long for the long form.
promises: $(STAMP)
	figures=$$(mktemp) && MASKER_FIGURES=$$figures $(PY) -m pytest -q -n 2 -m promise && \
	$(PY) tools/promises.py --figures $$figures && rm $$figures

bench: $(STAMP)
	$(PY) benchmarks/primitives.py
	$(PY) benchmarks/csv_masking.py
	$(PY) benchmarks/dumps.py
	$(PY) benchmarks/scan.py

# What tests compare with that cannot be installed beside masker: pycanon needs pandas 2.
oracles:
	python3 -m venv .venv-oracles
	.venv-oracles/bin/pip install --quiet pycanon 'pandas<3'
	.venv-oracles/bin/python tools/risk_vectors.py --check

attacks: $(STAMP)
	$(PY) -m benchmarks.attacks --write

clean:
	rm -rf .venv .venv-oracles demo_out dist build
