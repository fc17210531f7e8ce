"""The pictures of the book, drawn with matplotlib on the Axes they are given.

The numbers come from the other modules; the colours from ``palette.json``, which the live figures
share. p (what happens) is blue, q (the model) orange and hatched, KL vermilion, everywhere.
"""

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np

from .checks import as_pmf
from .measures import cross_entropy, entropy, kl_divergence

COLORS = json.loads((Path(__file__).parent / "palette.json").read_text(encoding="utf-8"))["light"]

# A figure is 6.4 inches wide and shown at 330 px on a phone: nothing may be smaller than 11 points.
STYLE = {
    "figure.figsize": (6.4, 3.4),
    "figure.dpi": 100,
    "figure.facecolor": COLORS["paper"],
    "savefig.dpi": 200,
    "savefig.bbox": None,
    "font.size": 13,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "stix",
    "axes.titlesize": 14,
    "axes.labelsize": 13,
    "axes.labelcolor": COLORS["ink"],
    "axes.edgecolor": COLORS["soft"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": mpl.cycler(color=[COLORS[c] for c in ("p", "q", "kl", "good", "soft")]),
    "grid.color": COLORS["grid"],
    "grid.linewidth": 0.8,
    "hatch.linewidth": 2,
    "hatch.color": "#ffffff66",
    "legend.frameon": False,
    "legend.fontsize": 13,
    "lines.linewidth": 2.4,
    "text.color": COLORS["ink"],
    "xtick.color": COLORS["soft"],
    "ytick.color": COLORS["soft"],
    "xtick.labelcolor": COLORS["ink"],
    "ytick.labelcolor": COLORS["ink"],
    "figure.constrained_layout.use": True,
}


def use_book_style():
    """Make every later matplotlib figure look like the book's: call it once, in a set-up cell.

    Examples
    --------
    >>> use_book_style()
    >>> mpl.rcParams["axes.spines.top"]
    False
    """
    mpl.rcParams.update(STYLE)


def _unit(base):
    return {2: "bits", np.e: "nats", 10: "hartleys"}[base]


def _bare(ax):
    """Leave nothing of an Axes but what is drawn on it."""
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax


def pmf_bars(ax, p, q=None, labels=None):
    """Draw one pmf, or two side by side, as bars with their values.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (K,)
        The source.
    q : array_like, shape (K,), optional
        The model, in orange beside it.
    labels : sequence of str, optional
        The outcomes' names; 1, 2, … without.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = pmf_bars(Figure().subplots(), [0.5, 0.25, 0.25], labels=["cat", "boat", "apple"])
    >>> [text.get_text() for text in ax.texts]
    ['0.5', '0.25', '0.25']
    """
    p = as_pmf(p, "p")
    where = np.arange(len(p))
    many = [(p, "p", None)] if q is None else [(p, "p", None), (as_pmf(q, "q"), "q", "//")]
    width = 0.8 / len(many)
    for number, (pmf, color, hatch) in enumerate(many):
        x = where + (number - (len(many) - 1) / 2) * width
        bars = ax.bar(x, pmf, width * 0.94, color=COLORS[color], hatch=hatch, label=f"${color}$")
        ax.bar_label(bars, [f"{v:.3g}" for v in pmf], padding=2, fontsize=11)
    ax.set_xticks(where, labels if labels is not None else [str(k + 1) for k in where])
    ax.tick_params(axis="x", length=0)
    ax.set_ylim(0, max(pmf.max() for pmf, *_ in many) * 1.15)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(False)
    if q is not None:
        names = ["$p$, what happens", "$q$, what is expected"]
        ax.legend(names, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
    return ax


def cost_bar(ax, p, q, base=2):
    """Draw H(p) and KL(p‖q) end to end, under a bracket as long as H(p, q).

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p, q : array_like, shape (K,)
        The source, and the model that the codebook was built for.
    base : {2, e}, default 2
        Unit of the lengths: bits or nats.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the cross-entropy is infinite, which no bar can show.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = cost_bar(Figure().subplots(), [0.5, 0.5], [0.25, 0.75])
    >>> ax.texts[-1].get_text()
    '$H(p, q)$ = 1.208 bits'
    """
    own = entropy(p, base=base)
    extra = kl_divergence(p, q, base=base)
    total = cross_entropy(p, q, base=base)
    if not np.isfinite(total):
        raise ValueError("H(p, q) is infinite: q is 0 where p is not, and no bar is that long")
    _bare(ax)
    ax.barh(0, own, 1, color=COLORS["p"])
    ax.barh(0, extra, 1, left=own, color=COLORS["kl"], hatch="\\\\")
    ax.plot([0, 0, total, total], [0.65, 0.9, 0.9, 0.65], color=COLORS["q"])
    below = {"y": -0.62, "va": "top", "fontsize": 14}
    ax.text(0, s=f"$H(p)$ = {own:.3f}", color=COLORS["p-ink"], ha="left", **below)
    divergence = rf"$\mathrm{{KL}}(p\,\|\,q)$ = {extra:.3f}"
    ax.text(total, s=divergence, color=COLORS["kl-ink"], ha="right", **below)
    text = f"$H(p, q)$ = {total:.3f} {_unit(base)}"
    ax.text(total / 2, 1.0, text, color=COLORS["q-ink"], ha="center", va="bottom", fontsize=14)
    ax.set(xlim=(-0.01 * total, 1.01 * total), ylim=(-1.3, 1.7))
    return ax
