# Set-up, build, tests and benchmarks. Everything is built in the release profile and in
# one target folder, so that the wheel and the tests share one build of the dependencies.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
STAMPS := $(VENV)/.stamps
OUT := out

# The interpreter for .venv; any CPython from 3.11 on.
PYTHON ?=
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11

PYTEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=

# Tier 2 is a shared object of its own, with LLVM linked in. Where LLVM can't be had,
# everything is built and tested without it; LLVM=0 asks for that.
LLVM ?= 1
LLVM_PREFIX ?= /usr/lib/llvm-22
LLVM_PACKAGES := llvm-22-dev libpolly-22-dev libzstd-dev zlib1g-dev libffi-dev
LLVM_OBJECT := python/cumbia/libcumbia_llvm.so
# What LLVM is linked with is linked in as well, so that the object runs where only the C
# library is; its folder comes before those of shared libraries.
LLVM_STATIC := target/static
# Of the C library that the object needs: the one that it was built with.
LLVM_PLATFORM = manylinux_$(shell ldd --version | sed -n '1s/.* //p' | tr . _)_$(shell uname -m)
export LLVM_SYS_221_PREFIX := $(LLVM_PREFIX)
# Tests insist on the object where it was built.
WITH_LLVM = if [ -e $(LLVM_OBJECT) ]; then export CUMBIA_LLVM='$(abspath $(LLVM_OBJECT))'; fi;

# One interpreter for maturin and cargo, so that neither rebuilds what the other built.
BUILD_ENV = unset VIRTUAL_ENV CONDA_PREFIX; export PYO3_PYTHON='$(abspath $(PY))';

# What the extension is built from; folders are there to notice deleted files.
SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml pyproject.toml \
	$(shell find compiler runtime python/src python/Cargo.toml -name __pycache__ -prune -o -print)

.PHONY: help build test test-rust test-python demo bench fuzz docs licences lint wheel clean tools llvm apt

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

build: $(STAMPS)/extension ## Make .venv with cumbia built and installed in it

test: test-rust test-python ## Run every test, after all the set-up they need

llvm: $(STAMPS)/llvm ## Build tier 2, if LLVM can be had

test-rust: $(STAMPS)/extension $(STAMPS)/llvm ## Run the Rust tests
	@$(BUILD_ENV) $(WITH_LLVM) cargo test --release --workspace --locked --no-fail-fast

test-python: $(STAMPS)/extension $(STAMPS)/llvm $(STAMPS)/test ## Run the Python tests (PYTEST_ARGS=...)
	@$(WITH_LLVM) CUMBIA_VERIFY=1 $(PY) -m pytest -n auto $(PYTEST_ARGS)

demo: $(STAMPS)/extension $(STAMPS)/demo $(STAMPS)/bench ## Five kernels on real data beside plain Python and Numba; pictures in out/
	$(PY) -m benches.demo --out $(OUT)

bench: $(STAMPS)/extension $(STAMPS)/demo $(STAMPS)/bench ## Run the benchmarks; numbers in out/bench/ (BENCH_ARGS=... chooses)
	$(PY) -m benches --json $(OUT)/bench $(BENCH_ARGS)

fuzz: $(STAMPS)/extension $(STAMPS)/test ## Compare random programs with CPython for long (FUZZ_ARGS=...)
	$(PY) -m tests.fuzz $(FUZZ_ARGS)

docs: $(STAMPS)/extension $(STAMPS)/llvm $(STAMPS)/docs ## Build the documentation's site in out/docs; warnings are errors
	$(PY) -m sphinx -W --keep-going -q -b html docs $(OUT)/docs
	@echo "open $(OUT)/docs/index.html"

lint: $(STAMPS)/venv ## Check formatting and lints
	cargo fmt --all --check
	@$(BUILD_ENV) cargo clippy --release --workspace --all-targets --locked -- -D warnings
	@if [ -e $(LLVM_PREFIX)/lib/libLLVMCore.a ]; then \
		$(BUILD_ENV) cargo clippy --release -p cumbia-backend-llvm --features llvm --locked -- -D warnings; \
	fi

wheel: $(STAMPS)/venv $(STAMPS)/llvm ## Build wheels for CPython 3.11 and later: dist/ with LLVM, dist/small/ without
	rm -rf dist
	@$(BUILD_ENV) $(PY) -m maturin build --release --interpreter $(PY) --out dist/small
	@if [ -e $(LLVM_OBJECT) ]; then \
		$(PIP) install wheel; \
		$(PY) -m wheel unpack --dest target/wheel dist/small/*.whl; \
		cp $(LLVM_OBJECT) target/wheel/cumbia-*/cumbia/; \
		$(PY) -m wheel pack --dest-dir dist target/wheel/cumbia-*; \
		$(PY) -m wheel tags --remove --platform-tag $(LLVM_PLATFORM) dist/*.whl; \
		rm -rf target/wheel; \
	fi
	$(PY) -m venv --clear target/wheel-venv
	@wheel=$$(ls dist/*.whl dist/small/*.whl 2>/dev/null | head -n 1); \
	target/wheel-venv/bin/python -m pip --quiet --disable-pip-version-check install "$$wheel"
	cd target && wheel-venv/bin/python -m cumbia info
	ls -l dist/*.whl dist/small/*.whl

licences: $(STAMPS)/venv ## Write the licences of what wheels contain to licences/
	$(PY) python/licences.py

clean: ## Remove what was built: target, .venv, out, dist
	rm -rf target $(VENV) $(OUT) dist .pytest_cache .hypothesis python/cumbia/*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/extension: $(SOURCES) $(STAMPS)/venv
	@$(BUILD_ENV) $(PY) -m maturin develop --release
	touch $@

$(STAMPS)/venv: pyproject.toml
	@$(MAKE) --no-print-directory tools
	@for python in $(CANDIDATES); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.implementation.name != "cpython")' 2>/dev/null \
			&& found=$$python && break; \
	done; \
	if [ -z "$${found:-}" ]; then echo "no CPython 3.11 or later was found; name one: make PYTHON=..." >&2; exit 1; fi; \
	if ! [ -x $(PY) ]; then echo "making $(VENV) with $$("$$found" --version)"; "$$found" -m venv $(VENV); fi
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --group build
	mkdir -p $(STAMPS)
	touch $@

$(STAMPS)/test: $(STAMPS)/venv
	$(PIP) install --group test
	$(PIP) install --no-deps --group gpu
	touch $@

$(STAMPS)/demo: $(STAMPS)/venv
	$(PIP) install --group demo
	$(PIP) install --no-deps --group data
	touch $@

$(STAMPS)/docs: $(STAMPS)/venv
	$(PIP) install --group docs
	touch $@

$(STAMPS)/bench: $(STAMPS)/venv
	$(PIP) install --group bench || echo "Numba cannot be installed for this Python; going on without it"
	touch $@

# The packages come from Debian; a link error is an error, only their absence isn't.
$(STAMPS)/llvm: $(SOURCES) $(STAMPS)/venv
	@missing() { ! [ -e $(LLVM_PREFIX)/lib/libLLVMCore.a ] || ! [ -e $(LLVM_PREFIX)/lib/libPolly.a ]; }; \
	if [ '$(LLVM)' != 0 ] && missing && command -v apt-get >/dev/null; then \
		$(MAKE) --no-print-directory apt PACKAGES='$(LLVM_PACKAGES)'; \
	fi; \
	if [ '$(LLVM)' = 0 ] || missing; then \
		echo 'building without LLVM (tier 2) and without its tests: $(LLVM_PACKAGES) are not here'; \
		rm -f $(LLVM_OBJECT); \
	else \
		mkdir -p $(LLVM_STATIC); \
		for name in stdc++ z zstd ffi; do \
			found=$$(cc -print-file-name=lib$$name.a); \
			if [ "$$found" != "lib$$name.a" ]; then ln -sf "$$found" $(LLVM_STATIC)/; fi; \
		done; \
		$(BUILD_ENV) cargo rustc --release --locked -p cumbia-backend-llvm --features llvm --lib \
			--crate-type cdylib -- -C strip=symbols -L native=$(abspath $(LLVM_STATIC)); \
		cp target/release/libcumbia_llvm.so $(LLVM_OBJECT).new; \
		mv $(LLVM_OBJECT).new $(LLVM_OBJECT); \
	fi
	touch $@

# Debian packages that a build needs, installed where that is allowed. Only a C compiler
# and the venv module are indispensable.
tools:
	@missing=(); \
	command -v cc >/dev/null || missing+=(gcc libc6-dev); \
	for python in $(CANDIDATES); do \
		if command -v "$$python" >/dev/null; then "$$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv); break; fi; \
	done; \
	if [ $${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null; then \
		$(MAKE) --no-print-directory apt PACKAGES="$${missing[*]}"; \
	fi
	@command -v cc >/dev/null || { echo "a C compiler is needed: install gcc" >&2; exit 1; }
	@command -v cargo >/dev/null || { echo "Rust is needed: install rustup" >&2; exit 1; }

# Installs PACKAGES, where that is allowed.
apt:
	@if [ "$$(id -u)" = 0 ]; then root=(); else root=(sudo -n); fi; \
	echo "installing $(PACKAGES)"; \
	export DEBIAN_FRONTEND=noninteractive; \
	"$${root[@]}" apt-get install -qq -y --no-install-recommends $(PACKAGES) >/dev/null 2>&1 \
	|| { "$${root[@]}" apt-get update -qq && "$${root[@]}" apt-get install -qq -y --no-install-recommends $(PACKAGES) >/dev/null; } \
	|| echo "could not install $(PACKAGES); going on with what is here"
