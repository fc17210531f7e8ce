"""Test xentlib with the oldest of each package that pyproject.toml allows.

They are installed into an environment of their own, `_build/lowest`, and the unit tests and
pictures of xentlib run in it. The oldest of everything must work, or the number is too low.
"""

import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = ["pytest", "hypothesis", "mpmath", "scikit-learn", "playwright"]
UNITS = ["checks", "coders", "codes", "datasets", "laws", "likelihood", "losses", "measures"]
UNITS += ["models", "stream", "widgets"]
LEFT_OUT = [
    "tests/test_widgets.py::test_the_bundles_are_current",  # they are JavaScript, and need Node
    # Jupyter makes the page, and is not installed
    "tests/test_widgets.py::test_a_page_made_of_a_notebook_holds_the_picture_and_asks_no_other_server",
    "tests/test_measures.py::test_pmfs_agree_with_scipy",  # whose rel_entr overflowed in 1.13
]


def oldest() -> list[str]:
    """Return the requirements of xentlib and its figures, each at its lowest version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["figures"]
    return [requirement.replace(">=", "==") for requirement in needed]


def main() -> int:
    """Install and test, or test with what is installed (--here); return how it went."""
    tests = ["xentlib", *(f"tests/test_{unit}.py" for unit in UNITS)]
    options = ["-q", "-m", "not browser and not book"]
    if "--here" in sys.argv[1:]:
        options.append(f"--deselect={LEFT_OUT[0]}")
        here = [sys.executable, "-m", "pytest", *options, *tests]
        return subprocess.run(here, cwd=ROOT).returncode
    place = ROOT / "_build/lowest"
    venv.create(place, with_pip=True)
    python = place / "bin/python"
    print("Installing", *oldest(), flush=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *oldest(), *TOOLS], check=True)
    # What is older than its own dependencies is warned of what they have renamed since.
    options += ["-W", "ignore::DeprecationWarning"]
    options += [f"--deselect={test}" for test in LEFT_OUT]
    return subprocess.run([python, "-m", "pytest", *options, *tests], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
