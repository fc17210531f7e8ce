"""The data: the file that is shipped, and what the standard library holds."""

import builtins
import csv
import hashlib
import importlib.util
import re
from importlib import resources

import numpy as np
import pytest

from xentlib import manual_text, penguins, source_text
from xentlib.datasets import SOURCE_MODULES

DATA = resources.files("xentlib") / "data"


def test_the_file_is_the_one_its_readme_describes():
    readme = (DATA / "README.md").read_text()
    checksum = re.search(r"SHA-256\*\* `([0-9a-f]{64})`", readme)[1]
    assert hashlib.sha256((DATA / "penguins.csv").read_bytes()).hexdigest() == checksum
    assert "CC0-1.0" in readme


def test_penguins_are_the_rows_of_the_file():
    birds = penguins()
    rows = list(csv.DictReader((DATA / "penguins.csv").read_text().splitlines()))
    assert tuple(rows[0]) == birds._fields
    assert {len(column) for column in birds} == {len(rows)} == {344}
    for name, column in zip(birds._fields, birds, strict=True):
        for value, text in zip(column, (row[name] for row in rows), strict=True):
            if text == "NA":
                assert value == "" or np.isnan(value)
            else:
                assert value == type(value)(text)


def test_penguins_counts():
    """The counts that the data set is known for."""
    birds = penguins()
    for column, counts in (
        (birds.species, {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}),
        (birds.island, {"Biscoe": 168, "Dream": 124, "Torgersen": 52}),
        (birds.sex, {"": 11, "female": 165, "male": 168}),
        (birds.year, {2007: 110, 2008: 114, 2009: 120}),
    ):
        assert dict(zip(*np.unique(column, return_counts=True), strict=True)) == counts
    assert np.isnan(birds.body_mass_g).sum() == 2
    assert birds.complete.sum() == 333
    assert not np.isnan(birds.flipper_length_mm[birds.complete]).any()
    assert np.nanmean(birds.body_mass_g) == pytest.approx(4201.75, abs=0.01)


def test_texts_are_the_same_each_time():
    for text in (manual_text, source_text):
        assert text() == text()
        assert len(text()) > 300_000
    assert all(f"class {name}" in source_text() for name in ("ArgumentParser", "TarFile"))


@pytest.mark.parametrize("name", SOURCE_MODULES)
def test_source_text_holds_the_modules_in_order(name):
    source = importlib.util.find_spec(name).loader.get_source(name)
    before = SOURCE_MODULES[: SOURCE_MODULES.index(name)]
    start = sum(len(importlib.util.find_spec(m).loader.get_source(m)) + 2 for m in before)
    assert source_text()[start : start + len(source)] == source


def test_a_python_without_its_manual(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("pydoc_data"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        ModuleNotFoundError, match=r"pydoc_data\.topics, which this build of Python"
    ):
        manual_text()


@pytest.mark.parametrize("spec", [None, "no source"])
def test_a_python_without_its_source(monkeypatch, spec):
    class Spec:
        class loader:
            @staticmethod
            def get_source(name):
                return None

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: Spec if spec else None)
    with pytest.raises(
        ModuleNotFoundError, match="source of the module argparse, which this build"
    ):
        source_text()
