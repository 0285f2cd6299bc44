# Every target sets up what it needs in .venv; a machine with Python 3.11 and make is enough.
PYTHON ?= python3
BIN := .venv/bin
PIP := python -m pip --quiet --disable-pip-version-check

.PHONY: serve docs test test-stores test-js screenshots contracts lowest beside pythons fuzz soak kill bench bench-peers constraints dist sbom workflows clean
.DEFAULT_GOAL := test

# What running needs, and what development needs besides. Both are the versions of constraints.txt.
.venv/.serves: pyproject.toml constraints.txt
	@echo "Installing into .venv what the emulator needs to run; this happens once and takes less than a minute."
	$(PYTHON) -m venv .venv
	$(BIN)/$(PIP) install --constraint constraints.txt --editable .
	touch $@

.venv/.ready: .venv/.serves
	$(BIN)/$(PIP) install --constraint constraints.txt --editable '.[dev]'
	touch $@

serve: .venv/.serves
	$(BIN)/atthene-emulator serve

test: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

# The package for Node.js, its example, recipes and transports, and attacks from pages of a browser: needs Node.js, npm and Chromium.
NODE_MAJOR = $(firstword $(subst ., ,$(patsubst v%,%,$(shell node --version 2>/dev/null))))
NODE = $(shell [ "0$(NODE_MAJOR)" -ge 20 ] && command -v npm 2>/dev/null)
LEFT_OUT := Left out what needs Node.js 20 or newer and npm, the tests of everything in JavaScript; on Debian: apt-get install nodejs npm chromium

test-js: $(if $(NODE),.venv/.ready)
	@$(if $(NODE),$(BIN)/pytest -n 2 --no-cov -m javascript,echo '$(LEFT_OUT).')

# What speaks to servers over HTTP and sockets, once more: on SQLite, on Redis, and on three emulators that share a Redis. No
# store changes what is held against a table (bodies, schemas, refusals, pages), which is most of it; some have stores of their own.
OF_TABLES := access bodies bounds control control_schemas cors errors evidence form guard inspector pages reachable root unread
OWN_STORES := export passing_on restart shared uploads
LEFT := $(patsubst %,--ignore=tests/web/test_%.py,$(OF_TABLES) $(OWN_STORES))
CLIENTS := $(patsubst %,tests/test_%.py,client async_client socket_client documents_client)
WIRE := tests/web tests/contract $(CLIENTS) tests/execution/test_knowledge.py tests/openapi/test_schemathesis.py $(LEFT)
SHARED := tests/web/socket $(patsubst %,tests/web/test_%.py,agents artifacts clock collections events faults files gates journal \
  knowledge_bases namespaces runtime runtime_ends runtime_input sessions snapshots transitions)
ON_STORE := $(BIN)/pytest -n 2 --no-cov
REDIS = $(shell command -v redis-server || command -v valkey-server)
NO_REDIS := Left out what needs Redis, the tests of emulators that share one; on Debian: apt-get install redis-server

test-stores: .venv/.ready
	TEST_STORE=sqlite $(ON_STORE) $(WIRE)
	$(if $(REDIS),TEST_STORE=redis $(ON_STORE) $(SHARED) $(CLIENTS),@echo '$(NO_REDIS).')
	$(if $(REDIS),TEST_STORE=three $(ON_STORE) $(SHARED))

# The pictures of the inspector in the documentation.
screenshots: .venv/.ready
	mkdir -p docs/images
	SCREENSHOTS=docs/images $(BIN)/pytest --no-cov -m javascript tests/browser/test_inspector.py -k pictures

# Programs of others that read our contracts, in an environment of their own: Pact's verifier, and openapi-generator with its Java.
build/contracts/.ready: tests/contracts/requirements.txt
	$(PYTHON) -m venv build/contracts
	build/contracts/bin/$(PIP) install --requirement tests/contracts/requirements.txt
	touch $@

contracts: .venv/.ready build/contracts/.ready
	$(BIN)/pytest -n 2 --no-cov -m contracts

# The lowest versions that pyproject.toml admits, in an environment of their own.
build/lowest/.ready: pyproject.toml constraints.txt constraints-lowest.txt
	$(PYTHON) -m venv build/lowest
	build/lowest/bin/$(PIP) install --constraint constraints-lowest.txt --editable '.[redis]'
	build/lowest/bin/$(PIP) install --constraint constraints.txt pytest pytest-xdist hypothesis jsonschema
	touch $@

lowest: build/lowest/.ready
	build/lowest/bin/pytest -n 2 tests/web tests/vault tests/cli tests/protocol tests/test_client.py tests/test_async_client.py tests/test_socket_client.py

# The pytest plugin beside libraries that replace HTTP, sockets, time, loops and threads, in an environment of their own: in
# ours they would change every test.
BESIDE := fastapi==0.115.* pytest pytest-xdist pytest-asyncio pytest-randomly pytest-socket pytest-httpx respx requests-mock \
  responses vcrpy httpretty mocket pook aioresponses freezegun time-machine trio gevent eventlet
build/beside/.ready: pyproject.toml constraints-beside.txt
	$(PYTHON) -m venv build/beside
	build/beside/bin/$(PIP) install --constraint constraints-beside.txt --editable . $(BESIDE)
	touch $@

beside: .venv/.ready build/beside/.ready
	$(BIN)/pytest -n 2 --no-cov -m beside

# The suite with each Python of this machine that pyproject.toml admits, in environments of their own.
PYTHONS = $(foreach one,3.11 3.12 3.13 3.14,$(if $(shell python$(one) --version 2>/dev/null),build/python$(one)))
build/python%/.ready: pyproject.toml constraints.txt
	python$* -m venv $(@D)
	$(@D)/bin/$(PIP) install --constraint constraints.txt --editable '.[dev]'
	touch $@

pythons: $(PYTHONS:%=%/.ready)
	for one in $(PYTHONS); do echo $$one && $$one/bin/pytest -n 2 --no-cov || exit 1; done

# By chance and at length: FUZZ_FACTOR times as many configurations as otherwise, and Schemathesis on every contract with
# FUZZ_EXAMPLES (500) for each operation. FUZZ_SEED repeats a run.
fuzz: export FUZZ_FACTOR ?= 20
fuzz: .venv/.ready
	$(BIN)/pytest -n 2 --no-cov $(if $(FUZZ_SEED),--hypothesis-seed=$(FUZZ_SEED)) tests/configuration/test_properties.py
	$(BIN)/python -m tests.openapi.fuzz

soak: .venv/.ready
	$(BIN)/pytest --no-cov -s -m soak
	$(BIN)/python -m tests.soak.flat

# Emulators with a store, killed and paused KILLS (20) times at random moments, which KILL_SEED chooses, while clients work.
kill: .venv/.ready
	$(BIN)/pytest --no-cov -s -m kill

bench: .venv/.ready
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.validation
	$(BIN)/python -m tests.bench.turns
	$(BIN)/python -m tests.bench.worlds
	$(BIN)/python -m tests.bench.stores

# The same beside programs for Node.js that answer alike, of the versions of tests/bench/peers.
build/peers/.ready: $(addprefix tests/bench/peers/,package.json package-lock.json)
	mkdir -p build/peers
	cp $^ build/peers
	npm ci --ignore-scripts --no-audit --no-fund --silent --prefix build/peers
	touch $@

PEERS = $(and $(NODE),$(shell command -v wrk 2>/dev/null))
NO_PEERS := Left out what needs Node.js 20 or newer, npm and wrk, the comparison with programs for Node.js; on Debian: apt-get install nodejs npm wrk

bench-peers: $(if $(PEERS),.venv/.ready build/peers/.ready)
	@$(if $(PEERS),$(BIN)/python -m tests.bench.peers,echo '$(NO_PEERS).')

# What builds the site of the documentation, in an environment of its own.
build/docs/.ready: docs/requirements.txt
	$(PYTHON) -m venv build/docs
	build/docs/bin/$(PIP) install --requirement docs/requirements.txt
	touch $@

# What is generated from the tables in the code (tables and pages of the documentation, enumerations among the schemas), and the
# site in build/site. A link or an anchor that leads nowhere ends it.
docs: .venv/.ready build/docs/.ready
	$(BIN)/python -m docs.generate
	build/docs/bin/zensical build --strict --clean

# The newest versions that pyproject.toml admits become the ones that are developed with.
constraints:
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/$(PIP) install --editable '.[dev]'
	build/constraints/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf build/constraints build/beside
	$(PYTHON) -m venv build/beside
	build/beside/bin/$(PIP) install --editable . $(BESIDE)
	build/beside/bin/python -m pip freeze --exclude-editable > constraints-beside.txt

# The source distribution and the wheel: the same commit gives the same bytes.
dist: .venv/.ready
	rm -rf dist
	$(BIN)/python -m build --no-isolation

build/tools/.ready: .github/tools.txt
	$(PYTHON) -m venv build/tools
	build/tools/bin/$(PIP) install --requirement .github/tools.txt
	touch $@

# What the wheel brings with it to run, stores included, in CycloneDX: taken from an environment that has nothing else.
sbom: dist build/tools/.ready
	rm -rf build/installed
	$(PYTHON) -m venv --without-pip build/installed
	build/tools/bin/$(PIP) --python build/installed/bin/python install --constraint constraints.txt "$$(echo dist/*.whl)[redis]"
	build/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/atthene-emulator.cdx.json \
	  build/installed/bin/python
	$(BIN)/python -m docs.sbom build/atthene-emulator.cdx.json

# What can be checked of workflows without running them.
workflows: build/tools/.ready
	build/tools/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	build/tools/bin/check-jsonschema --builtin-schema vendor.github-actions action.yml
	build/tools/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	build/tools/bin/zizmor --offline --quiet --min-severity medium .github action.yml

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .coverage
