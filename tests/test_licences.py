"""The licence page names all that the built site carries, with the licence that it came with."""

import re
import zipfile
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(r"^([^:\n]+): ((?:`[^`]+` ?)+)\n: (.+?)(?=\n\n)", re.MULTILINE | re.DOTALL)
ENTRIES = {
    name: (re.findall("`([^`]+)`", files), " ".join(text.split()))
    for name, files, text in ENTRY.findall((ROOT / "book/licences.md").read_text("utf-8"))
}
GENERATED = {"figures", "figure.css", "palette.css", "site.css"}  # from what is ours or named
# What a licence says that the others here do not.
MARKS = {
    "MIT": "Permission is hereby granted, free of charge",
    "BSD-3-Clause": "Neither the name of the copyright holder nor the names",
    "BSD-2-Clause": "Redistributions in binary form must reproduce",
}


def licence_of(name):
    """Return the text of the licence that an installed package ships."""
    if name == "KaTeX":
        return (ROOT / "node_modules/katex/LICENSE").read_text("utf-8")
    files = [
        file
        for file in distribution(name).files
        if ".dist-info" in str(file) and file.name.startswith("LICENSE")
    ]
    return files[0].read_text("utf-8")


@pytest.mark.parametrize("name", [*ENTRIES])
def test_licence_is_the_package_s_own(name):
    try:
        words = " ".join(licence_of(name).split())
    except (PackageNotFoundError, FileNotFoundError) as missing:
        pytest.fail(f"{name} is on the licence page and not installed: {missing}")
    text = ENTRIES[name][1]
    spdx = next(spdx for spdx, mark in MARKS.items() if mark in words)
    assert re.match(r"[\w.-]*\w", text)[0] == spdx
    assert re.search(r"Copyright[^.;]*\d{4}[^.;]*", text)[0].removesuffix(".") in words


@pytest.mark.book
def test_page_names_every_file_of_the_site():
    patterns = [pattern for files, _ in ENTRIES.values() for pattern in files]
    shipped = {path.name for path in (ROOT / "_build/html/_static").iterdir()}
    theirs = shipped - GENERATED - {path.name for path in (ROOT / "book/_assets").iterdir()}
    assert theirs
    assert [name for name in theirs if not any(fnmatch(name, p) for p in patterns)] == []


@pytest.mark.book
def test_each_package_that_runs_in_the_page_is_named_and_holds_its_licence():
    page = (ROOT / "book/licences.md").read_text("utf-8")
    wheels = sorted((ROOT / "_build/html/py").glob("pyodide-*/*.whl"))
    assert len(wheels) > 10
    for wheel in wheels:
        name, version, *_ = wheel.name.split("-")
        assert re.search(rf"^\|.*\b{name}\b.*\|.*\|.*\|$", page, re.M), name
        with zipfile.ZipFile(wheel) as archive:
            within = [n for n in archive.namelist() if re.search(r"licen[cs]e", n, re.I)]
            texts = [archive.read(n) for n in within if not n.endswith(".py")]
            metadata = archive.read(f"{name}-{version}.dist-info/METADATA").decode()
        assert texts or "License: Copyright" in metadata, name
    assert f"Pyodide {wheels[0].parent.name.removeprefix('pyodide-')} |" in page


FONTS = sorted((ROOT / "_build/html/_static").rglob("*.woff2"))
RESERVED = ("KaTeX", "Font Awesome", "FontAwesome")


@pytest.mark.book
def test_fonts_carry_their_licence_and_no_reserved_name():
    """The Open Font License: its records stay, and what was cut is not called as the original."""
    assert len(FONTS) >= 10
    for path in FONTS:
        records = {record.nameID: record.toUnicode() for record in TTFont(path)["name"].names}
        assert "Copyright (c)" in records[0], path.name
        assert "SIL Open Font License" in records[13], path.name
        assert "OFL" in records[14] or "openfontlicense.org" in records[14], path.name
        names = [text for number, text in records.items() if number in (1, 3, 4, 6, 16)]
        assert names
        assert [n for n in names if any(name in n for name in RESERVED)] == [], path.name


@pytest.mark.book
def test_site_ships_the_words_of_the_fonts_licence():
    text = (ROOT / "_build/html/OFL-1.1.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in text
    assert "may be sold by itself" in " ".join(text.split())
    assert 'href="../OFL-1.1.txt"' in (ROOT / "_build/html/book/licences.html").read_text("utf-8")
