"""Real data that is there on every machine, without a download: penguins, prose and code."""

__all__ = ["manual_text", "penguins", "source_text"]

import hashlib
import importlib.util
import json
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_DATA = resources.files(__package__) / "data"

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

    species: NDArray[np.str_]
    island: NDArray[np.str_]
    bill_length_mm: NDArray[np.float64]
    bill_depth_mm: NDArray[np.float64]
    flipper_length_mm: NDArray[np.float64]
    body_mass_g: NDArray[np.float64]
    sex: NDArray[np.str_]
    year: NDArray[np.int64]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Where no value is missing: ndarray of bool."""
        return (self.sex != "") & ~np.isnan([*self[2:6]]).any(axis=0)


def penguins() -> Penguins:
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
    lines = (_DATA / "penguins.csv").read_text("utf-8").replace("NA", "").splitlines()
    kinds = "U9, U9, f8, f8, f8, f8, U6, i8"
    table = np.genfromtxt(lines, kinds, delimiter=",", names=True, filling_values={"sex": ""})
    return Penguins(**{name: table[name].copy() for name in Penguins._fields})


def manual_text() -> str:
    """Return prose: the topics of the Python manual that ``help()`` shows, joined.

    The topics stand in the order of their names. The text differs between Python versions. A
    wheel that was built with the book holds the text that the book's numbers are from, and then
    this is what you get, whichever Python runs; without it, it is that of the Python that runs.

    Returns
    -------
    str
        Several hundred thousand characters.

    Raises
    ------
    ModuleNotFoundError
        If this Python was built without its manual, and xentlib holds none.
    ValueError
        If the text that xentlib holds was changed.

    Examples
    --------
    >>> len(manual_text()) > 400_000
    True
    """
    if (text := _edition("manual_text")) is not None:
        return text
    try:
        from pydoc_data.topics import topics
    except ImportError:
        raise _left_out("manual_text needs the module pydoc_data.topics") from None
    return "\n\n".join(topics[name] for name in sorted(topics))


def source_text() -> str:
    """Return code: the source of six standard-library modules, joined.

    They are those of `SOURCE_MODULES`, in this order. As for `manual_text`, it is the text that
    the book's numbers are from if xentlib holds it, and otherwise that of the Python that runs.

    Returns
    -------
    str
        Several hundred thousand characters.

    Raises
    ------
    ModuleNotFoundError
        If this Python was built without the source of its standard library, and xentlib holds
        none.
    ValueError
        If the text that xentlib holds was changed.

    Examples
    --------
    >>> source_text().count("def __init__(self") > 20
    True
    """
    if (text := _edition("source_text")) is not None:
        return text
    sources = []
    for name in SOURCE_MODULES:
        spec: Any = importlib.util.find_spec(name)
        source = spec and spec.loader.get_source(name)
        if not source:
            raise _left_out(f"source_text needs the source of the module {name}")
        sources.append(source)
    return "\n\n".join(sources)


def _left_out(what):
    """Return the error for a part of the standard library that is missing."""
    return ModuleNotFoundError(
        f"{what}, which this build of Python leaves out: install the full standard library, or "
        "use a Python from python.org"
    )


def _edition(name):
    """Return the text that was built into this xentlib, or None if there is none."""
    file = _DATA / "edition.json"
    if not file.is_file():
        return None
    edition = json.loads(file.read_text("utf-8"))
    text = edition["texts"][name]
    if hashlib.sha256(text.encode()).hexdigest() != edition["sha256"][name]:
        raise ValueError(f"the {name} in {file} was changed: install xentlib anew")
    return text
