"""Build the wheel of xentlib that goes to readers, with the texts that the book's numbers are from.

`manual_text` and `source_text` read the Python that runs them, and each version of Python has
other texts. So the wheels that stand beside a built book carry its edition: what these functions
returned when it was built. The repository, and the wheel that `pip` builds from it, have none.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from xentlib import manual_text, source_text

ROOT = Path(__file__).parents[1]
PARTS = ("pyproject.toml", "LICENSES", "xentlib")
NOTICE = (
    "The topics of the Python manual and the source of six modules of its standard library. "
    f"{sys.copyright.splitlines()[0]} All Rights Reserved. Under the PSF License Agreement, "
    "PSF-2.0, which the wheel holds among its licences."
)


def write_edition(file: Path) -> None:
    """Write what this Python's `manual_text` and `source_text` return, for another's to read."""
    texts = {"manual_text": manual_text(), "source_text": source_text()}
    edition = {
        "notice": NOTICE,
        "python": platform.python_version(),
        "sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
        "texts": texts,
    }
    file.write_text(json.dumps(edition, indent=1), "utf-8")


def build_wheel(out: Path, *, with_edition: bool = True) -> Path:
    """Build the wheel into the folder `out`: the same bytes in every build."""
    with tempfile.TemporaryDirectory() as place:
        for part in PARTS:
            if (ROOT / part).is_dir():
                junk = shutil.ignore_patterns("__pycache__", "edition.json")
                shutil.copytree(ROOT / part, Path(place, part), ignore=junk)
            else:
                shutil.copy(ROOT / part, place)
        if with_edition:
            write_edition(Path(place, "xentlib/data/edition.json"))
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
            cwd=place,
            check=True,
            capture_output=True,
            env=os.environ | {"SOURCE_DATE_EPOCH": "1577836800"},
        )
        (wheel,) = Path(place, "dist").iterdir()
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, out))


if __name__ == "__main__":
    print(f"Wrote {build_wheel(Path(sys.argv[1]))}")
