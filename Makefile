# Two commands do all: `make demo` and `make test`. VENV may name an environment that already has what is needed.
VENV ?= .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed

.PHONY: demo test quick check lint docs bench attacks clean

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

quick: lint
	$(PY) -m pytest -q -n 2 -m "not slow"

check: lint test

docs: $(STAMP)
	$(PY) tools/reference.py

bench: $(STAMP)
	$(PY) benchmarks/primitives.py
	$(PY) benchmarks/csv_masking.py

attacks: $(STAMP)
	$(PY) -m benchmarks.attacks --write

clean:
	rm -rf .venv demo_out dist build
