# Every task of the project by name: `make help` lists them. Python 3.11 or newer and make are all
# that must be there; the rest goes into .venv. A second run reuses what the first one made.

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python
GRADING := .venv-grading
GRADER := $(subst $(VENV),$(GRADING),$(PY))
PIP := $(PY) -m pip --disable-pip-version-check --quiet

# The first Python on the PATH that is new enough; name another with `make PYTHON=... book`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# How many processes run the tests, and what else pytest is told: `make test ARGS="-k pooling"`.
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help book course serve offline pdf test bench experiments notebooks assignments grade lint lock hooks clean chromium

help: ## say what each task does
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: $(VENV)/book.stamp ## execute the notebooks, build the book, print the path to open
	@$(PY) tools/build_book.py

# The chapters by name, in the order of the course: make course CHAPTERS="pooling receptive_fields".
CHAPTERS ?=
course: $(VENV)/book.stamp ## build the site with some chapters alone (CHAPTERS="a b"), in your order
	@$(PY) -m tools.build_course $(CHAPTERS)

serve: book ## serve the built book on this machine, compressed; prints the address
	@$(PY) tools/serve.py _build/html

offline: book ## pack the built book into one zip, read by double click and without a network
	@$(PY) -m tools.make_offline

pdf: $(VENV)/test.stamp chromium book ## print the built book into one PDF, tagged for screen readers
	@$(PY) -m tools.make_pdf

# A book that cannot be built does not keep the other tests from running: its own fail then.
# The workers share the cores already: threads of their own would only wait for each other.
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: $(VENV)/test.stamp $(GRADING)/made.stamp chromium ## build the book, run every test, in a real browser too
	-@$(PY) tools/build_book.py
	$(PY) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

bench: $(VENV)/test.stamp chromium book ## measure operations beside their peers, and the pages
	$(PY) -m benchmarks
	$(PY) -m benchmarks.pages
	$(PY) -m benchmarks.pen

# What was stopped goes on where it was; some parts alone: make experiments ARGS="sweep".
experiments: $(VENV)/book.stamp ## train again all that the book stores, in half an hour on two cores
	$(PY) -m tools.run_experiments $(ARGS)

notebooks: $(VENV)/book.stamp ## run every notebook from the top, and clean it, in place
	$(BIN)/jupyter execute --inplace chapters/*.ipynb
	$(PY) tools/clean_notebooks.py chapters

assignments: $(GRADING)/made.stamp ## write what students get, in assignments/release (NAMES="pooling layers")
	$(GRADER) -m grading release $(NAMES)

# Stopped at any moment, it goes on when called again. assignments/README.md tells of the rest.
grade: $(GRADING)/made.stamp ## grade submissions: ASSIGNMENT=pooling SUBMISSIONS=folder_or_zip ROSTER=file.csv
	@test -n "$(ASSIGNMENT)" -a -n "$(SUBMISSIONS)" || { echo "Say which and where:" \
		"make grade ASSIGNMENT=pooling SUBMISSIONS=folder_or_zip" >&2; exit 1; }
	$(GRADER) -m grading grade "$(ASSIGNMENT)" "$(SUBMISSIONS)" $(if $(ROSTER),--roster "$(ROSTER)") \
		$(if $(COLUMN),--column "$(COLUMN)") $(if $(JOBS),--jobs $(JOBS)) \
		$(if $(CELL_SECONDS),--seconds $(CELL_SECONDS)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(MEMORY),--memory $(MEMORY))

lint: $(VENV)/dev.stamp ## ruff, mypy, and the notebook cleaner's check
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) tools/clean_notebooks.py --check chapters

lock: $(VENV)/dev.stamp ## write constraints.txt anew after a change of requirements (ARGS=--upgrade)
	$(PY) tools/lock.py $(ARGS)

hooks: $(VENV)/dev.stamp ## have git check each commit (pre-commit)
	$(PY) -m pre_commit install

clean: ## remove what is built, and the caches; .venv and .venv-grading stay
	rm -rf _build .pytest_cache .hypothesis .mypy_cache .ruff_cache build
	find . -name __pycache__ -not -path "./$(VENV)*" -prune -exec rm -rf {} +

chromium: $(VENV)/test.stamp
	@$(PY) tools/chromium.py --install

# What is installed. Each stamp is newer than the files it was installed from.

$(VENV)/made.stamp:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer on the PATH: install one, or name it:" \
		"make PYTHON=/path/to/python3.11 book" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/book.stamp: requirements.txt constraints.txt pyproject.toml $(VENV)/made.stamp
	@echo "Installing what the book needs into $(VENV): some minutes the first time."
	$(PIP) install -r requirements.txt
	$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/test.stamp: requirements-test.txt $(VENV)/book.stamp
	$(PIP) install -r requirements-test.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/test.stamp
	$(PIP) install -r requirements-dev.txt
	@touch $@

$(GRADING)/made.stamp: assignments/requirements.txt tools/grading_env.py $(VENV)/book.stamp
	@$(PY) tools/grading_env.py
	@touch $@
