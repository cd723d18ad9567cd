PYTHON ?= python3
BIN = .venv/bin
BOOTSTRAP = command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or newer (python.org), then run this again." >&2; exit 2; }; $(PYTHON) bootstrap.py

.SILENT:
.PHONY: help learn check test bench tasks study mutate lint docs lock

help:
	echo "make learn   open the course in the browser"
	echo "make check   what a change may have broken, in two minutes; with CHAPTER=07 that chapter too, with GROUP=classroom"
	echo "             that group of tests alone (browser, classroom, generators, install or training)"
	echo "make test    check the code, then run every test and every notebook"
	echo "make bench   measure the course against its budgets"
	echo "make tasks   set each task's network beside what needs none, in seven minutes; with TASKS=\"views HCM\" those"
	echo "make study   try the right answers on 20 seeds in place of 3, and grade classes of 60 and 1,000"
	echo "make mutate  count what right answers with one slip in them get; with CHAPTER=07 show each of that chapter"
	echo "make lint    check style, types and imports"
	echo "make docs    write what README.md and TEACHING.md repeat of the chapters"
	echo "make lock    write the package versions of .venv to lock.txt and binder/requirements.txt"

learn:
	$(BOOTSTRAP) learn
	$(BIN)/course learn $(ARGS)

# A group of tests shares what it makes (a run of a chapter, a classroom, a page); the order is that of tests/conftest.py.
# Three at once on two cores: tests of pages and kernels wait for half of their time.
TOGETHER = -n 3 --dist loadgroup --no-loadscope-reorder

# What was trained is kept for the next run, for whoever trains the same again.
ONE_SEED = COURSE_SEEDS=1 COURSE_TRAININGS="$(CURDIR)/.pytest_cache/trainings"

# Generators are judged again where one was changed since the last commit, or where nobody can tell.
CHANGED = $(shell git status --porcelain data_generators tests/generators 2>&1)
QUICK = chapter or not (browser or chapters or classroom or exhaustive or install or training$(if $(CHANGED),, or generators))

check: lint
	$(ONE_SEED) $(BIN)/python -m pytest $(TOGETHER) --chapter="$(CHAPTER)" -m "$(or $(GROUP),$(QUICK))" $(ARGS)

test: lint
	$(BIN)/python -m pytest $(TOGETHER) $(ARGS)

bench:
	$(BOOTSTRAP) test
	$(BIN)/python tests/benchmarks/run.py

tasks:
	$(BOOTSTRAP) test
	PYTHONPATH=tests $(BIN)/python -m benchmarks.tasks $(TASKS)

study:
	$(BOOTSTRAP) test
	COURSE_SEEDS=20 $(BIN)/python -m pytest $(TOGETHER) tests/notebooks $(ARGS)
	$(BIN)/python -m pytest -n 2 --dist loadfile --nbval-lax --nbval-current-env --nbval-cell-timeout=60 notebooks
	$(BIN)/python tests/benchmarks/grading.py faster sixty thousand
	$(MAKE) mutate

mutate:
	$(BOOTSTRAP) test
	$(ONE_SEED) PYTHONPATH=tests $(BIN)/python tests/notebooks/mutate.py $(CHAPTER)

lint:
	$(BOOTSTRAP) test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs:
	$(BOOTSTRAP) test
	$(BIN)/python tests/overview.py

lock:
	$(BOOTSTRAP) test
	$(BIN)/python -m pip freeze --all --exclude-editable --exclude pip --exclude wheel > .venv/frozen.txt
	echo "# The versions the course was tested with, as pip constraints. Rewritten by: make lock" > lock.txt
	sed -e '/ @ /d' -e '/^torch==/s/+cpu$$//' .venv/frozen.txt >> lock.txt
	$(BIN)/python binder/lock_requirements.py > .venv/requirements.txt
	cp .venv/requirements.txt binder/requirements.txt
