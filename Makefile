# Two commands for newcomers: `make run` and `make test`. Each works alone on a fresh clone.
PYTHON ?= python3.11
BIN := .venv/bin
UV := $(BIN)/uv pip
COMPILE := $(UV) compile -q --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.PHONY: run test lint bench lock clean

run: .venv/base            ## start everything on embedded defaults
	@$(BIN)/python manage.py serve $(if $(DEMO),--demo=$(DEMO))

test: .venv/dev            ## the whole suite, every layer, both databases
	@$(BIN)/python -m tests

lint: .venv/dev            ## style, types, imports, templates, compose file, migrations
	@$(BIN)/python -m tests.lint

bench: .venv/base          ## measure; see bench/README.md
	@$(BIN)/python -m bench "$(FILE)" --mapping "$(or $(MAPPING),purchases)" $(ARGS)

lock: .venv/tool           ## refresh the pins
	$(COMPILE) requirements/tool.in -o requirements/tool.txt --upgrade
	$(COMPILE) requirements/base.in -o requirements/base.txt --upgrade
	$(COMPILE) requirements/dev.in -o requirements/dev.txt --upgrade

clean:
	rm -rf .venv var

.venv/tool: requirements/tool.txt
	@command -v $(PYTHON) >/dev/null || { echo "loyaltycrm needs $(PYTHON) on the PATH (or: make PYTHON=/path/to/python3.11)"; exit 1; }
	@$(PYTHON) -m venv --without-pip --clear .venv
	@$(PYTHON) -m pip -q --python $(BIN)/python install --require-hashes -r requirements/tool.txt
	@touch $@

.venv/base: .venv/tool requirements/base.txt
	@$(UV) install -q --python $(BIN)/python --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev: .venv/base requirements/dev.txt
	@$(UV) install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@
