"""What opens the repository elsewhere, and the table that the page about it shows."""

import csv
import importlib.util
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def pins(path):
    """The name and version of each package that a requirements file pins."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


@pytest.fixture
def load():
    spec = importlib.util.spec_from_file_location("load", DEPLOY / "load.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("extra", ["requirements.txt", "requirements-load.txt"])
def test_extra_pins_only_add_to_the_environment(extra):
    assert not pins(ROOT / "requirements.txt").keys() & pins(DEPLOY / extra).keys()


def test_extra_pins_agree_with_each_other():
    classroom, load = pins(DEPLOY / "requirements.txt"), pins(DEPLOY / "requirements-load.txt")
    shared = classroom.keys() & load.keys()
    assert {name: classroom[name] for name in shared} == {name: load[name] for name in shared}


def test_repo2docker_finds_these_files_and_no_others():
    # Each of these would be used in place of requirements.txt, runtime.txt and postBuild.
    for other in ["binder", ".binder", "environment.yml", "Dockerfile", "Pipfile", "setup.py"]:
        assert not (ROOT / other).exists()
    python = re.fullmatch(r"python-(\d+\.\d+)\n", (ROOT / "runtime.txt").read_text("utf-8"))[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">={python}"
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_a_student_is_guaranteed_the_memory_that_was_measured():
    with (DEPLOY / "measured.csv").open(encoding="utf-8") as file:
        rows = {row.pop("Measured"): row.values() for row in csv.DictReader(file)}
    measured = [int(re.fullmatch(r"(\d+) MB", cell)[1]) for cell in rows["Memory a student"]]
    values = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
    guarantee = values["singleuser"]["memory"]["guarantee"]
    assert max(measured) * 1e6 <= int(guarantee.removesuffix("M")) * 2**20


def test_a_new_measurement_takes_the_place_of_the_old_one(load, tmp_path):
    table = tmp_path / "measured.csv"
    load.record(table, "25 students", {"First cell": "9 s", "Date": "Monday"})
    load.record(table, "50 students", {"First cell": "20 s", "Date": "Monday"})
    load.record(table, "25 students", {"First cell": "8 s", "Date": "Tuesday"})
    assert table.read_text("utf-8").splitlines() == [
        "Measured,25 students,50 students",
        "First cell,8 s,20 s",
        "Date,Tuesday,Monday",
    ]
