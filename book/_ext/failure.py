"""End a build that a cell stopped with one line: the chapter, the line of the cell, and the error.

Without it the last words are a traceback through Sphinx and Jupyter Book, a hundred lines under the
cell's own.
"""

import re
import sys
from pathlib import Path

from myst_nb.core.execute.base import ExecutionError
from nbclient.exceptions import CellExecutionError


def line_of(source: Path, error: CellExecutionError) -> int:
    """Return the line in the chapter where the cell begins that raised."""
    cell = re.search(r"following cell:\n-+\n(.*?)\n-+\n", error.traceback, re.S)[1]
    return source.read_text("utf-8").partition(cell)[0].count("\n") + 1


def name_the_cell(app, exception):
    if not isinstance(exception, ExecutionError):
        return
    source, error = Path(str(exception)), exception.__cause__
    if not isinstance(error, CellExecutionError):
        sys.exit(f"\n{source}: a cell did not finish. {error}")
    sys.exit(
        f"\n{source}, line {line_of(source, error)}: the cell that begins here raised "
        f"{error.ename}: {error.evalue}"
    )


def setup(app):
    app.connect("build-finished", name_the_cell, priority=900)  # its words are the last
    return {"parallel_read_safe": True, "parallel_write_safe": True}
