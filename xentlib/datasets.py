"""Real data that is there on every machine, without a download: penguins, prose and code."""

import csv
import importlib.util
from importlib import resources
from typing import NamedTuple

import numpy as np

SOURCE_MODULES = ("argparse", "difflib", "doctest", "inspect", "subprocess", "tarfile")
"""The standard-library modules whose source `source_text` joins."""


class Penguins(NamedTuple):
    """The columns of the penguins data: arrays of equal length, one entry a bird.

    A missing measurement is NaN, a missing sex the empty string.

    Attributes
    ----------
    species, island, sex : ndarray of str
        "Adelie", "Chinstrap" or "Gentoo"; "Biscoe", "Dream" or "Torgersen"; "female" or "male".
    bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g : ndarray of float
        Measurements, in millimetres and grams.
    year : ndarray of int
        2007, 2008 or 2009.
    complete : ndarray of bool
        Where no value is missing: a mask for those who need whole rows.

    Examples
    --------
    >>> birds = penguins()
    >>> len(birds.species), birds.complete.sum()
    (344, np.int64(333))
    """

    species: np.ndarray
    island: np.ndarray
    bill_length_mm: np.ndarray
    bill_depth_mm: np.ndarray
    flipper_length_mm: np.ndarray
    body_mass_g: np.ndarray
    sex: np.ndarray
    year: np.ndarray

    @property
    def complete(self):
        """Where no value is missing: ndarray of bool."""
        return (self.sex != "") & ~np.isnan([*self[2:6]]).any(axis=0)


def penguins():
    """Return the measurements of 344 penguins of three species, as columns.

    Nothing is dropped: 11 birds lack their sex, and two of them every measurement.

    Returns
    -------
    Penguins
        A named tuple of arrays.

    References
    ----------
    A. M. Horst, A. P. Hill and K. B. Gorman, palmerpenguins: Palmer Archipelago (Antarctica)
    penguin data (2020), doi:10.5281/zenodo.3960218. CC0; ``xentlib/data/README.md`` says more.

    Examples
    --------
    >>> birds = penguins()
    >>> gentoo = birds.flipper_length_mm[birds.species == "Gentoo"]
    >>> print(gentoo[:3], np.nanmean(gentoo).round(1))
    [211. 230. 210.] 217.2
    """
    file = resources.files(__package__) / "data" / "penguins.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    number = {"NA": "nan"}
    return Penguins(
        *(
            np.array([number.get(value, value) for value in columns[name]], dtype=float)
            if name in Penguins._fields[2:6]
            else np.array(["" if value == "NA" else value for value in columns[name]])
            for name in Penguins._fields[:-1]
        ),
        year=np.array(columns["year"], dtype=int),
    )


def manual_text():
    """Return prose: the topics of the Python manual that ``help()`` shows, joined.

    The topics stand in the order of their names. The text grows with each Python version, so
    numbers computed from it vary a little with the version that computes them.

    Returns
    -------
    str
        Several hundred thousand characters.

    Raises
    ------
    ModuleNotFoundError
        If this Python was built without its manual.

    Examples
    --------
    >>> len(manual_text()) > 400_000
    True
    """
    try:
        from pydoc_data.topics import topics
    except ImportError:
        raise ModuleNotFoundError(
            "manual_text needs the module pydoc_data.topics, which this build of Python leaves "
            "out: install the full standard library, or use a Python from python.org"
        ) from None
    return "\n\n".join(topics[name] for name in sorted(topics))


def source_text():
    """Return code: the source of six standard-library modules, joined.

    They are those of `SOURCE_MODULES`, in this order. The source differs between Python versions,
    and so do numbers computed from it.

    Returns
    -------
    str
        Several hundred thousand characters.

    Raises
    ------
    ModuleNotFoundError
        If this Python was built without the source of its standard library.

    Examples
    --------
    >>> source_text().count("def __init__(self") > 20
    True
    """
    sources = []
    for name in SOURCE_MODULES:
        spec = importlib.util.find_spec(name)
        source = spec and spec.loader.get_source(name)
        if not source:
            raise ModuleNotFoundError(
                f"source_text needs the source of the module {name}, which this build of Python "
                "leaves out: install the full standard library, or use a Python from python.org"
            )
        sources.append(source)
    return "\n\n".join(sources)
