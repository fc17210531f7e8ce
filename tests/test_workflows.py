"""What runs on the host of the repository: read by two linters, and compared with what is here."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def run(tool, *arguments):
    path = Path(sys.executable).with_name(tool)
    return subprocess.run([path, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)


def steps():
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            yield from job["steps"]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.dependabot", [ROOT / ".github/dependabot.yml"]),
    ],
)
def test_files_have_the_form_that_the_host_reads(schema, files):
    done = run("check-jsonschema", "--builtin-schema", schema, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_workflow_gives_away_more_than_it_needs():
    done = run("zizmor", "--offline", "--no-progress", "--color=never", ".github")
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_call_what_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    commands = "\n".join(step["run"] for step in steps() if "run" in step)
    called = re.findall(r"\bmake ([a-z-]+)", commands)
    assert {"test", "book", "pdf"} <= set(called) <= targets
    for script in re.findall(r"\b(tools/\w+\.py)", commands):
        assert (ROOT / script).is_file()


def test_the_oldest_python_that_is_allowed_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    jobs = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))["jobs"]
    assert oldest in jobs["all"]["strategy"]["matrix"]["python"]
    assert {"macos-latest", "windows-latest"} == set(
        jobs["xentlib"]["strategy"]["matrix"]["system"]
    )


def test_each_extension_says_to_maintainers_why_it_is_there():
    text = (ROOT / "MAINTAINING.md").read_text("utf-8")
    table = text.partition("## What is mended")[2]
    extensions = {path.name for path in (ROOT / "book/_ext").glob("*.py")}
    assert extensions <= set(re.findall(r"`(\w+\.py)`", table))
    for path in re.findall(r"`((?:tests|tools|deploy|book)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path
