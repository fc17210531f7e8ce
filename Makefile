# Each target prints what it does and where the result is. `make` alone lists them.
PYTHON ?= python3
PORT ?= 8000
USERS ?= 5
export PATH := $(CURDIR)/.venv/bin:$(PATH)
XENTLIB_TESTS := $(addprefix tests/test_,$(addsuffix .py,checks codes coders core laws likelihood losses measures models stream))
export PYTHONUNBUFFERED := 1
BUILD := jupyter-book build . -W -n --keep-going

.DEFAULT_GOAL := help
.PHONY: help serve book notebooks lab homework grade load test lowest frameworks pyodide bench pdf audit engines clean clean-book

help:
	@echo "Read"
	@echo "  make serve       build the book and serve it on 127.0.0.1:$(PORT) (another port: make serve PORT=8001)"
	@echo "  make book        build the book into _build/html"
	@echo "  make pdf         print the book as one PDF"
	@echo "  make notebooks   write the chapters as notebooks without solutions into _build/notebooks"
	@echo "  make lab         write the notebooks and open them in JupyterLab"
	@echo "Teach"
	@echo "  make homework    build the graded homework into _build/homework: for students, and for the autograder"
	@echo "  make grade       grade the notebooks in handed-in/ into results/marks.csv"
	@echo "  make load        start a hub on this machine with many students at once (USERS=25), and measure"
	@echo "Change"
	@echo "  make test        run every test: lint, xentlib, the book, the pages in a real browser"
	@echo "  make lowest      test xentlib with the oldest packages that it allows"
	@echo "  make frameworks  ask PyTorch and Keras, installed for it, whether what the chapters say of them is so"
	@echo "  make pyodide     run xentlib's unit tests in the Python that the pages run"
	@echo "  make bench       time xentlib against its peers"
	@echo "  make audit       measure the built pages: bytes, accessibility, Lighthouse, and speed against a bare page"
	@echo "  make engines     take the same steps through the pages in Chromium, Firefox and WebKit, as far as they are here"
	@echo "Clear"
	@echo "  make clean-book  remove the built book: the next build runs every chapter"
	@echo "  make clean       remove what the other targets wrote, the environment included"

# The environment: Python packages with their hashes, xentlib itself, and KaTeX and the test tools from npm.
.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The book needs Python 3.11 or newer, and $(PYTHON) is older. Say which to use: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up Python packages in .venv (once, about a minute)"
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	.venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# What a class needs beside it, and what measures a hub. Neither changes what readers have.
.venv/classroom: deploy/requirements.txt .venv/ready
	.venv/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r deploy/requirements.txt
	@touch $@

.venv/load: deploy/requirements-load.txt .venv/ready
	.venv/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r deploy/requirements-load.txt
	@touch $@

node_modules/ready: package-lock.json .npmrc .venv/ready
	@echo "Setting up KaTeX and the test tools in node_modules (once)"
	npm ci --ignore-scripts
	@touch $@

book: node_modules/ready
	@echo "Building the book (the first time, every chapter runs)"
	$(BUILD)
	@echo "The book is in _build/html; open _build/html/book/index.html"

serve: book
	python tools/serve.py --port $(PORT)

notebooks: book
	python tools/notebooks.py _build/notebooks

lab: notebooks
	jupyter lab --ServerApp.root_dir=_build/notebooks

homework: .venv/classroom
	@echo "Building the homework, and running its tests on its solutions"
	rm -rf _build/homework && mkdir -p _build/homework
	jupytext --to ipynb homework/cross-entropy.md -o _build/homework/cross-entropy.ipynb
	otter assign _build/homework/cross-entropy.ipynb _build/homework
	@echo "Hand out _build/homework/student; put what comes back into handed-in, and: make grade"

grade: .venv/classroom
	python homework/grade.py

load: book .venv/load
	python deploy/load.py --users $(USERS)

test: book homework
	@echo "Checking style"
	ruff check .
	ruff format --check .
	@echo "Checking types"
	mypy
	@echo "Looking for a browser"
	python tools/chromium.py
	@echo "Running the tests"
	python -m pytest --numprocesses $$(python -c 'import os; print(os.cpu_count() + 1)') --dist loadfile --no-loadscope-reorder

lowest: .venv/ready
	python tools/lowest.py

frameworks:
	$(PYTHON) -m venv _build/frameworks
	@echo "Installing PyTorch and Keras into _build/frameworks"
	_build/frameworks/bin/python -m pip install --quiet --disable-pip-version-check torch keras scipy pytest
	KERAS_BACKEND=torch _build/frameworks/bin/python -m pytest -q --noconftest tests/frameworks.py

# hypothesis 6.140 is plain Python; later ones are compiled, for other machines than a page's.
pyodide: node_modules/ready
	@echo "Running xentlib's unit tests in the Python that the pages run"
	python tools/runtime.py _build/pyodide-tests numpy scipy scikit-learn
	python -m pip install --quiet --upgrade --no-deps --target _build/pyodide-tests/plain --require-hashes -r tools/plain.txt
	python tools/xentlib_wheel.py _build/pyodide-tests
	node tools/in_pyodide.mjs $(XENTLIB_TESTS)

bench: .venv/ready
	python benchmarks/run.py

pdf: node_modules/ready
	$(BUILD) --builder custom --custom-builder singlehtml
	python tools/chromium.py
	python tools/pdf.py

audit: book
	python tools/chromium.py
	python tools/audit.py

engines: book
	python tools/engines.py

clean-book:
	rm -rf _build/html _build/singlehtml _build/jupyter_execute _build/.doctrees _build/.jupyter_cache _build/.runs _build/.html _build/.singlehtml
	@echo "Removed the built book from _build"

clean:
	rm -rf _build .venv node_modules
	@echo "Removed _build, .venv and node_modules"
