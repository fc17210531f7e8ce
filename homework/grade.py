"""Grade a folder of handed-in notebooks into one table: ``make grade``.

Each notebook runs in a process, a folder and an environment of its own, and for a limited time, so
that an endless loop or a damaged file costs one line of the table and not the table. That keeps
accidents apart, not attacks: what students wrote still runs with the rights of who grades.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "_build/homework/autograder"
SECONDS = 120


def why_unreadable(path: Path) -> str:
    """Say what keeps a file from being a notebook, or nothing."""
    if path.suffix != ".ipynb":
        return "not graded: a notebook's name ends in .ipynb"
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # whatever a damaged file makes the reader say
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        return f"not graded: the file is damaged or no notebook ({first[:100]})"
    return "" if any(cell.cell_type == "code" for cell in notebook.cells) else "not graded: no code"


def stop(process: subprocess.Popen):
    """End a process and all that it started: a kernel is in a group of its own."""
    family = psutil.Process(process.pid).children(recursive=True)
    for member in [*family, process]:
        member.kill()
    psutil.wait_procs(family, timeout=10)
    process.wait()


def run(path: Path, autograder: Path, results: Path, seconds: float) -> str:
    """Have otter-grader write a notebook's results.json; return a remark if it could not."""
    results.mkdir(parents=True, exist_ok=True)
    (results / "results.json").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="grade-") as home:
        copy = shutil.copy(path, Path(home, "submission.ipynb"))
        options = ["--no-logo", "-a", autograder.resolve(), "-o", results.resolve()]
        with (results / "log.txt").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "otter", "run", *options, copy],
                cwd=home,
                env={
                    "HOME": home,
                    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
                    "LANG": "C.UTF-8",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                stop(process)
                return f"not graded: not finished after {seconds:g} seconds"
    if not (results / "results.json").is_file():
        return f"not graded: see {results.name}/log.txt"
    return ""


def points(results: Path) -> dict[str, tuple[float, float]]:
    """Return the points earned and possible, by question."""
    tests = json.loads((results / "results.json").read_text("utf-8"))["tests"]
    return {t["name"]: (t["score"], t["max_score"]) for t in tests if "score" in t}


def grade(folder: Path, autograder: Path, out: Path, seconds: float = SECONDS) -> Path:
    """Grade every file of a folder, and write marks.csv: a line a file, a column a question."""
    rows, questions = [], {}
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != "."):
        results = out / path.stem
        remark = why_unreadable(path) or run(path, autograder, results, seconds)
        earned = {} if remark else points(results)
        questions |= {name: most for name, (_, most) in earned.items()}
        rows.append((path.name, earned, remark))
        total = sum(score for score, _ in earned.values())
        print(f"{path.name}: {remark or f'{total:g} points'}", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    table = out / "marks.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        heads = [f"{name} (of {most:g})" for name, most in questions.items()]
        writer.writerow(["file", *heads, f"total (of {sum(questions.values()):g})", "remark"])
        for name, earned, remark in rows:
            scores = [f"{earned[q][0]:g}" if q in earned else "" for q in questions]
            total = f"{sum(score for score, _ in earned.values()):g}" if earned else ""
            writer.writerow([name, *scores, total, remark])
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "handed-in")
    parser.add_argument("--out", type=Path, default=ROOT / "results")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each notebook")
    options = parser.parse_args()
    autograders = sorted(BUILT.glob("*.zip"))
    if not autograders:
        sys.exit("The homework is not built: run `make homework`")
    if not options.folder.is_dir():
        sys.exit(f"There is no folder {options.folder}: put what was handed in there")
    print(f"The marks are in {grade(options.folder, autograders[0], options.out, options.seconds)}")


if __name__ == "__main__":
    main()
