"""The pictures of the book, drawn with matplotlib on the Axes they are given.

The numbers come from the other modules; the colours from ``palette.json``, which the live figures
share. p (what happens) is blue, q (the model) orange and hatched, KL vermilion, everywhere.
"""

import json
from pathlib import Path

import numpy as np

from .checks import as_pmf, needs_figures
from .measures import cross_entropy, entropy, kl_divergence, surprisal

try:
    import matplotlib as mpl
except ModuleNotFoundError as missing:
    needs_figures(missing)

COLORS = json.loads((Path(__file__).parent / "palette.json").read_text(encoding="utf-8"))["light"]

# A figure is 6.4 inches wide and shown at 330 px on a phone: 14 points are 10 px there.
STYLE = {
    "figure.figsize": (6.4, 3.4),
    "figure.dpi": 100,
    "figure.facecolor": COLORS["paper"],
    "savefig.dpi": 200,
    "savefig.bbox": None,
    "font.size": 15,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "stix",
    "axes.titlesize": 15,
    "axes.labelsize": 15,
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
    "legend.fontsize": 14,
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
        ax.bar_label(bars, [f"{v:.3g}" for v in pmf], padding=2, fontsize=14)
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
    >>> ax.texts[-1].get_text()[-10:]
    '1.208 bits'
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
    below = {"y": -0.62, "va": "top", "fontsize": 15}
    ax.text(0, s=rf"$\mathrm{{H}}(p)$ = {own:.3f}", color=COLORS["p-ink"], ha="left", **below)
    divergence = rf"$D_\mathrm{{KL}}(p\,\|\,q)$ = {extra:.3f}"
    ax.text(total, s=divergence, color=COLORS["kl-ink"], ha="right", **below)
    text = rf"$\mathrm{{H}}(p, q)$ = {total:.3f} {_unit(base)}"
    ax.text(total / 2, 1.0, text, color=COLORS["q-ink"], ha="center", va="bottom", fontsize=14)
    ax.set(xlim=(-0.01 * total, 1.01 * total), ylim=(-1.3, 1.7))
    return ax


def surprisal_curve(ax, p, labels):
    """Draw surprisal against probability, with the outcomes of a pmf on the curve.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (K,)
        Probabilities greater than 0. Equal ones share a point.
    labels : sequence of str, shape (K,)
        Their names.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = surprisal_curve(Figure().subplots(), [0.5, 0.25, 0.25], ["cat", "boat", "apple"])
    >>> [text.get_text() for text in ax.texts]
    ['cat', 'boat, apple']
    """
    x = np.linspace(2**-6, 1, 400)
    ax.plot(x, surprisal(x), color=COLORS["p"])
    ax.grid(False)
    names = {}
    for value, label in zip(p, labels, strict=True):
        names.setdefault(float(value), []).append(label)
    for value, group in names.items():
        height = surprisal(value)
        ax.plot([value, value, 0], [0, height, height], color=COLORS["soft"], lw=1, ls=":")
        ax.plot(value, height, "o", color=COLORS["p"], ms=8)
        ax.annotate(", ".join(group), (value, height), (8, 4), textcoords="offset points")
    ax.set(xlabel="probability", ylabel="surprisal (bits)", xlim=(0, 1.01), ylim=(0, 6))
    ax.set_xticks([0, *sorted(names), 1], ["0", *[f"{v:.3g}" for v in sorted(names)], "1"])
    return ax


def letter_bits(ax, text, above, below, names):
    """Draw a text with two bars a character: its surprisal under one model and under another.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    text : str
        At most some 40 characters.
    above, below : array_like, shape (len(text),)
        Surprisals, in bits. The bars above the text are plain, those below it hatched.
    names : pair of str
        What the two models are called.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = letter_bits(Figure().subplots(), "cat", [5, 4, 4], [5, 2, 1], ["one", "two"])
    >>> [text.get_text() for text in ax.texts]
    ['c', 'a', 't', 'one', 'two']
    """
    where = np.arange(len(text))
    gap = 1.3  # half the height of the line of text, in bits
    _bare(ax)
    ax.bar(where, above, 0.72, bottom=gap, color=COLORS["q"])
    ax.bar(where, np.negative(below), 0.72, bottom=-gap, color=COLORS["q"], hatch="//")
    for x, character in enumerate(text):
        ax.text(x, 0, character, ha="center", va="center_baseline", family="monospace", fontsize=14)
    end = gap + max(*above, *below) + 0.5
    ax.text(len(text) - 0.5, end, names[0], ha="right", va="top")
    ax.text(len(text) - 0.5, -end, names[1], ha="right", va="bottom")
    ax.set(xlim=(-0.7, len(text) - 0.3), ylim=(-end, end))
    ticks = np.arange(0, end - gap, 4)
    ax.set_yticks([*(-gap - ticks), *(gap + ticks)], [f"{bits:.0f}" for bits in [*ticks, *ticks]])
    ax.set_ylabel("surprisal (bits)")
    ax.spines["left"].set_visible(True)
    return ax


def probability_line(ax, p, labels=None, rows=3):
    r"""Draw outcomes as pieces of the line [0, 1) above the pieces that repeated halving makes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (K,)
        Lengths of the pieces.
    labels : sequence of str, optional
        The outcomes' names; 1, 2, … without.
    rows : int, default 3
        How often the line is halved.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = probability_line(Figure().subplots(), [0.5, 0.25, 0.25], rows=2)
    >>> [text.get_text() for text in ax.texts]
    ['1\n0.5', '2\n0.25', '3\n0.25', '0', '1', '00', '01', '10', '11']
    """
    p = as_pmf(p, "p")
    labels = labels if labels is not None else [str(k + 1) for k in range(len(p))]
    _bare(ax)
    left = 0.0
    for length, label in zip(p, labels, strict=True):
        box = {"color": COLORS["p"], "edgecolor": COLORS["paper"], "linewidth": 2}
        ax.barh(0, length, 1.5, left=left, **box)
        if length >= 0.05:
            place = {"ha": "center", "va": "center", "color": COLORS["on-p"]}
            ax.text(left + length / 2, 0, f"{label}\n{length:.3g}", fontsize=14, **place)
        left += length
    for row in range(1, rows + 1):
        size = 2.0**-row
        starts = np.arange(2**row) * size
        y = -0.55 - row * 0.85
        ax.barh(y, size, 0.7, left=starts, color=COLORS["fill"], edgecolor=COLORS["soft"])
        for n, start in enumerate(starts):
            ax.text(start + size / 2, y, f"{n:0{row}b}", ha="center", va="center", fontsize=14)
    ax.set(xlim=(-0.005, 1.005))
    return ax


def entropy_columns(ax, p, labels=None, base=2):
    """Draw a column an outcome, as wide as it is probable and as high as it is surprising.

    The area of a column is the outcome's share of the entropy; the line stands at the mean height,
    which is the entropy itself.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (K,)
    labels : sequence of str, optional
        The outcomes' names; 1, 2, … without.
    base : {2, e}, default 2
        Bits or nats.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = entropy_columns(Figure().subplots(), [0.5, 0.25, 0.25])
    >>> [text.get_text() for text in ax.texts][:3]
    ['0.500', '0.500', '0.500']
    """
    p = as_pmf(p, "p")
    labels = labels if labels is not None else [str(k + 1) for k in range(len(p))]
    happens = p > 0
    heights = np.where(happens, surprisal(np.where(happens, p, 1), base=base), 0)
    left = np.cumsum(p) - p
    ax.bar(left, heights, p, align="edge", color=COLORS["p"], edgecolor=COLORS["paper"], lw=2)
    for start, width, height in zip(left, p, heights, strict=True):
        if width >= 0.13:
            place = {"ha": "center", "va": "bottom", "color": COLORS["on-p"], "fontsize": 14}
            ax.text(start + width / 2, 0.06, f"{width * height:.3f}", **place)
    ax.set_xticks(
        (left + p / 2)[p >= 0.06], [n for n, v in zip(labels, p, strict=True) if v >= 0.06]
    )
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x", visible=False)
    mean = entropy(p, base=base)
    ax.axhline(mean, color=COLORS["ink"])
    ax.text(1.01, mean, "$\\mathrm{H}(p)$" + f"\n{mean:.3f}\n{_unit(base)}", ha="left", va="center")
    ax.set(xlim=(0, 1), ylabel=f"surprisal in {_unit(base)}")
    return ax


def question_tree(ax, words, p, labels):
    """Draw yes/no questions as a tree, with branches as thick as they are probable.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    words : sequence of str, shape (K,)
        The answers that lead to each thing: 0 is yes, and drawn above 1. No word may begin with
        another one.
    p : array_like, shape (K,)
        Probabilities of the things.
    labels : sequence of str, shape (K,)
        Their names, written at the leaves with the number of questions.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = question_tree(Figure().subplots(), ["0", "1"], [0.75, 0.25], ["cat", "boat"])
    >>> [text.get_text() for text in ax.texts]
    ['yes', 'no', 'cat', '1', 'boat', '1']
    """
    p = as_pmf(p, "p")
    _bare(ax)
    deepest = max(map(len, words))
    order = sorted(range(len(words)), key=lambda k: words[k])
    height = {words[k]: -row for row, k in enumerate(order)}
    mass = {words[k]: p[k] for k in order}
    for depth in range(deepest - 1, -1, -1):
        for word in {w[:depth] for w in mass if len(w) > depth}:
            children = [word + bit for bit in "01"]
            height[word] = np.mean([height[child] for child in children])
            mass[word] = sum(mass[child] for child in children)
            for child in children:
                branch = [depth, depth, depth + 1], [height[word], height[child], height[child]]
                ax.plot(*branch, color=COLORS["p"], lw=1 + 8 * mass[child], zorder=-depth)
    for answer, word, side in [("yes", "0", "bottom"), ("no", "1", "top")]:
        y = height[word] + (0.3 if answer == "yes" else -0.3)
        ax.text(0.5, y, answer, ha="center", va=side, color=COLORS["soft"], fontsize=14)
    for k in order:
        y, length = height[words[k]], len(words[k])
        ax.plot([length, deepest + 0.1], [y, y], color=COLORS["grid"], lw=1.2, zorder=-99)
        ax.text(deepest + 0.2, y, labels[k], va="center", fontsize=14)
        ax.text(deepest * 1.28 + 0.2, y, str(length), va="center", ha="right", fontsize=14)
    ax.set(xlim=(-0.1, deepest * 1.28 + 0.3), ylim=(-len(words) + 0.4, 0.6))
    return ax


def code_bill(ax, p, lengths, labels):
    """Draw what a codebook costs a source as boxes: widths from the source, heights from the code.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (K,)
        The source.
    lengths : array_like, shape (K,)
        The codeword lengths, in bits. The area of all boxes is the expected length.
    labels : sequence of str, shape (K,)
        The outcomes' names.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = code_bill(Figure().subplots(), [0.5, 0.25, 0.25], [1, 2, 2], ["cat", "boat", "apple"])
    >>> float(sum(box.get_width() * box.get_height() for box in ax.patches))
    1.5
    """
    p = as_pmf(p, "p")
    left = np.cumsum(p) - p
    box = {"align": "edge", "color": COLORS["fill"], "edgecolor": COLORS["edge"], "lw": 1}
    ax.bar(left, lengths, p, **box)
    ax.hlines(lengths, left, left + p, color=COLORS["q"], lw=4)
    ax.hlines(np.zeros(len(p)), left + 0.008, left + p - 0.008, color=COLORS["p"], lw=5)
    for x, width, height, label in zip(left, p, lengths, labels, strict=True):
        turned = 90 if width < 0.2 else 0
        ax.text(x + width / 2, height / 2, label, rotation=turned, ha="center", va="center")
    ax.grid(False)
    ax.set(xlabel="probability", ylabel="codeword length (bits)", xlim=(-0.01, 1.01))
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_yticks(range(int(np.ceil(max(lengths))) + 1))
    return ax


def cost_bars(ax, rows):
    """Draw costs of two parts as horizontal bars: the source's entropy, then what is added to it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rows : dict of str to (float, float)
        For each name, from the top, the entropy and the price of the wrong codebook, in bits.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = cost_bars(Figure().subplots(), {"right": (1.75, 0), "wrong": (1.75, 0.5)})
    >>> [text.get_text() for text in ax.texts]
    ['1.75', '2.25']
    """
    own, extra = np.transpose([*rows.values()])
    ax.barh([*rows], own, 0.7, color=COLORS["p"])
    ax.barh([*rows], extra, 0.7, left=own, color=COLORS["kl"], hatch="\\\\")
    for place, total in enumerate(own + extra):
        ax.annotate(f"{total:.2f}", (total, place), (4, 0), textcoords="offset points", va="center")
    ax.invert_yaxis()
    ax.grid(False)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, max(own + extra) * 1.12)
    return ax


def ledger(ax, names, bits):
    """Draw gains and losses as bars up and down from a line: the terms p log p/q of a divergence.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    names : sequence of str, shape (K,)
    bits : array_like, shape (K,)
        What each outcome adds to the mean cost; negative where the wrong codebook saves.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = ledger(Figure().subplots(), ["cat", "boat"], [-0.25, 0.5])
    >>> [text.get_text() for text in ax.texts]
    ['−0.25', '+0.50']
    """
    bits = np.asarray(bits)
    where = np.arange(len(bits))
    for some, color, hatch in ((bits > 0, "kl", "\\\\"), (bits <= 0, "good", None)):
        ax.bar(where[some], bits[some], 0.7, color=COLORS[color], hatch=hatch)
    reach = np.abs(bits).max()
    for x, value in enumerate(bits):
        text = f"{value:+.2f}".replace("-", "−") if value else "0"
        drop = {"va": "top" if value < 0 else "bottom", "ha": "center", "fontsize": 11}
        ax.annotate(
            text, (x, value), (0, -3 if value < 0 else 3), textcoords="offset points", **drop
        )
    ax.axhline(0, color=COLORS["ink"], lw=1)
    ax.set_xticks(where, names)
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.grid(False)
    ax.set(ylabel="bits", ylim=(min(bits.min(), 0) - 0.2 * reach, bits.max() + 0.2 * reach))
    return ax


def codeword_pieces(ax, codewords, labels):
    """Draw codewords as pieces of the line [0, 1): a row for each digit, a codeword in its row.

    What lies under a codeword begins with it, and is left empty.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    codewords : sequence of str
        Of a prefix-free code, of at least one digit each.
    labels : sequence of str
        What they stand for.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = codeword_pieces(Figure().subplots(), ["0", "10", "11"], ["cat", "boat", "apple"])
    >>> [text.get_text() for text in ax.texts]
    ['0 cat', '1', '10 boat', '11 apple']
    """
    names = dict(zip(codewords, labels, strict=True))
    _bare(ax)
    row = ["0", "1"]
    depth = 1
    while row:
        size = 2.0**-depth
        for word in row:
            start = int(word, 2) * size
            taken = word in names
            box = {"left": start, "edgecolor": COLORS["paper"], "lw": 2}
            ax.barh(-depth, size, 0.86, color=COLORS["q" if taken else "fill"], **box)
            text = f"{word} {names[word]}" if taken else word
            text = text if size > 0.2 else text.replace(" ", "\n")
            place = {"ha": "center", "va": "center", "color": COLORS["on-q" if taken else "soft"]}
            ax.text(start + size / 2, -depth, text, **place)
        row = [word + digit for word in row if word not in names for digit in "01"]
        depth += 1
    ax.set_xlim(-0.005, 1.005)
    return ax


def length_against_surprisal(ax, p, lengths):
    """Draw each outcome's codeword length over its surprisal, with the line where both are equal.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (K,)
        Probabilities greater than 0.
    lengths : array_like of int, shape (K,)
        Codeword lengths, in bits.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = length_against_surprisal(Figure().subplots(), [0.5, 0.25, 0.25], [1, 2, 2])
    >>> ax.lines[-1].get_ydata().tolist()
    [1, 2, 2]
    """
    bits = surprisal(p)
    end = max(bits.max(), np.max(lengths)) + 1
    ax.plot([0, end], [0, end], color=COLORS["soft"], lw=1.5, ls="--")
    ax.plot(bits, lengths, "o", color=COLORS["q"], mec=COLORS["q-ink"], alpha=0.7, ms=7)
    ax.set(xlim=(0, end), ylim=(0, end), xticks=np.arange(0, end, 5), yticks=np.arange(0, end, 5))
    ax.set(xlabel="surprisal (bits)", ylabel="codeword length (bits)")
    return ax


def share_against(ax, x, share, count, grid, q):
    """Draw how often a label came with each input, and the probability that a model computes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x : array_like, shape (n,)
        Inputs.
    share : array_like, shape (n,)
        The share of the label among the examples with that input: dots.
    count : array_like, shape (n,)
        How many examples those are: the dots' areas.
    grid, q : array_like, shape (m,)
        Inputs, and the model's probability of the label there: the curve.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = share_against(Figure().subplots(), [1, 2], [0.25, 1], [4, 1], [0, 3], [0, 1])
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['0', '½', '1']
    """
    ax.scatter(x, share, 9 * np.asarray(count), color=COLORS["p"], alpha=0.65, lw=0)
    ax.plot(grid, q, color=COLORS["q"])
    ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_ylim(-0.12, 1.12)
    return ax


def likelihood_line(ax, thetas, line, title):
    """Draw one line of the derivation over the parameter, with its optimum.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    thetas : array_like, shape (G,)
        The grid of parameters.
    line : xentlib.likelihood.Line
        The line, evaluated there.
    title : str

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from xentlib.likelihood import Line
    >>> line = Line(np.array([0, 0.25, 0]), 1, 0.5)
    >>> likelihood_line(Figure().subplots(), [0, 0.5, 1], line, "product").get_title()
    'product'
    """
    thetas = np.asarray(thetas)
    values = np.where(np.isfinite(line.values), line.values, np.nan)
    # Where a line falls without end, its steep last part would flatten all the rest.
    inner = values[(thetas > 0.04) & (thetas < 0.96)]
    ax.plot(thetas, values, color=COLORS["q"])
    if line.best is not None:
        ax.axvline(line.theta, color=COLORS["p"], lw=1.6, ls="--")
        ax.plot(line.theta, line.values[line.best], "o", color=COLORS["p"], ms=7)
    low, high = np.nanmin(inner), np.nanmax([*inner, values[line.best or 0]])
    pad = 0.08 * (high - low) or 1
    ax.set(ylim=(low - pad, high + pad), yticks=[], title=title)
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    return ax


def fitted_densities(ax, x, p, fits):
    """Draw a density as an area, and curves fitted to it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x, p : array_like, shape (G,)
        The grid, and the source's density there.
    fits : dict of str to array_like, shape (G,)
        Models' densities by their names, told apart by their strokes.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = fitted_densities(Figure().subplots(), [0, 1, 2], [0, 1, 0], {"flat": [0.5, 0.5, 0.5]})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['$p$', 'flat']
    """
    ax.fill_between(x, p, color=COLORS["p"], alpha=0.25, lw=0)
    ax.plot(x, p, color=COLORS["p"], label="$p$")
    for (name, q), stroke in zip(fits.items(), ("-", "--", ":"), strict=False):
        ax.plot(x, q, color=COLORS["q"], ls=stroke, label=name)
    ax.set(xlim=(x[0], x[-1]), ylim=(0, None), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.grid(False)
    ax.legend()
    return ax


def binned_density(ax, edges, mass, x, density):
    """Draw a density over bins whose areas are their probabilities.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    edges : array_like, shape (B + 1,)
        Borders of the bins.
    mass : array_like, shape (B,)
        Their probabilities.
    x, density : array_like, shape (G,)
        The curve.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = binned_density(Figure().subplots(), [0, 2, 4], [0.5, 0.5], [0, 4], [0.25, 0.25])
    >>> float(ax.patches[0].get_height())
    0.25
    """
    width = np.diff(edges)
    ax.bar(edges[:-1], np.divide(mass, width), width, align="edge", color=COLORS["p-pale"],
           edgecolor=COLORS["p"], lw=1)  # fmt: skip
    ax.plot(x, density, color=COLORS["p"])
    ax.set(xlim=(x[0], x[-1]), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.grid(False)
    return ax


def signed_bars(ax, values, name):
    """Draw numbers of either sign as bars from a line at 0, with their values.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    values : array_like, shape (K,)
    name : str
        What they are, written above.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = signed_bars(Figure().subplots(), [0.25, -0.25], "gradient")
    >>> [text.get_text() for text in ax.texts]
    ['+0.25', '−0.25']
    """
    _bare(ax)
    bars = ax.bar(np.arange(len(values)), values, 0.4, color=COLORS["kl"], hatch="\\\\")
    texts = [f"{v:+.2f}".replace("-", "−") for v in values]
    ax.bar_label(bars, texts, padding=2, fontsize=14, color=COLORS["kl-ink"])
    ax.axhline(0, color=COLORS["soft"], lw=1)
    ax.set_title(name, loc="left")
    ax.set(xlim=(-0.6, len(values) - 0.4))
    ax.margins(y=0.25)
    return ax


def joint_bars(ax, joint, came):
    """Draw the probabilities of many outcomes, and mark the one that came.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    joint : array_like, shape (K,)
    came : int
        Index of the outcome to mark.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> joint_bars(Figure().subplots(), [0.75, 0.25], 1).texts[0].get_text()
    '0.2500'
    """
    joint = as_pmf(joint, "joint")
    colors = [COLORS["ink"] if k == came else COLORS["q"] for k in range(len(joint))]
    ax.bar(np.arange(len(joint)), joint, 0.78, color=colors)
    ax.text(came, joint[came], f"{joint[came]:.4f}", ha="center", va="bottom", fontsize=14)
    ax.set(xticks=[], ylabel="probability")
    ax.grid(axis="x", visible=False)
    return ax


_STROKES = (("q", "-"), ("good", "--"), ("ink", ":"))


def noise_densities(ax, grid, densities, points):
    """Draw three densities over the points that they were fitted to.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    grid : array_like, shape (G,)
    densities : dict of str to array_like, shape (G,)
        By name; told apart by colour and stroke.
    points : array_like, shape (N,)

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = noise_densities(Figure().subplots(), [0, 1], {"flat": [1, 1]}, [0.5])
    >>> ax.get_legend().get_texts()[0].get_text()
    'flat'
    """
    for (name, density), (color, stroke) in zip(densities.items(), _STROKES, strict=False):
        ax.plot(grid, density, color=COLORS[color], ls=stroke, label=name)
    ax.plot(points, np.zeros(len(points)), "o", color=COLORS["p"], ms=7, clip_on=False, zorder=9)
    ax.set(xlim=(grid[0], grid[-1]), ylim=(0, None), yticks=[], ylabel="density")
    ax.grid(False)
    ax.legend()
    return ax


def noise_prices(ax, grid, bits):
    """Draw what a value costs under each of three densities.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    grid : array_like, shape (G,)
    bits : dict of str to array_like, shape (G,)
        Surprisals by name, told apart as by `noise_densities`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> noise_prices(Figure().subplots(), [0, 1], {"flat": [1, 1]}).get_ylabel()
    'bits'
    """
    for price, (color, stroke) in zip(bits.values(), _STROKES, strict=False):
        ax.plot(grid, price, color=COLORS[color], ls=stroke)
    ax.set(xlim=(grid[0], grid[-1]), ylim=(0, 40), ylabel="bits")
    return ax


def training_curve(ax, steps, train, held_out):
    """Draw the loss on the training text and on held-out text.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    steps, train, held_out : array_like, shape (S,)
        Losses in bits per symbol.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = training_curve(Figure().subplots(), [1, 2], [3, 2], [3.5, 3])
    >>> ax.texts[0].get_text()
    '3.00'
    """
    ax.plot(steps, train, "o--", color=COLORS["p"], ms=4, label="training text")
    ax.plot(steps, held_out, "o-", color=COLORS["q"], ms=4, label="held-out text")
    best = int(np.argmin(held_out))
    ax.annotate(f"{held_out[best]:.2f}", (steps[best], held_out[best]), (0, 7), fontsize=14,
                textcoords="offset points", ha="center", color=COLORS["q-ink"])  # fmt: skip
    ax.legend()
    return ax


def file_sizes(ax, sizes):
    """Draw the sizes of files as bars.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    sizes : dict of str to float
        Bytes by name, the model's first.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = file_sizes(Figure().subplots(), {"model": 900, "zlib": 1000})
    >>> [text.get_text() for text in ax.texts]
    ['900', '1,000']
    """
    colors = [COLORS["q"], *[COLORS["edge"]] * (len(sizes) - 1)]
    bars = ax.barh(list(sizes), list(sizes.values()), 0.7, color=colors)
    ax.bar_label(bars, [f"{round(size):,}" for size in sizes.values()], padding=4, fontsize=14)
    ax.invert_yaxis()
    ax.set(xticks=[], xlim=(0, 1.18 * max(sizes.values())), title="bytes on disk")
    ax.title.set_ha("center")
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    return ax


def block_rates(ax, rates, least):
    """Draw the bits per symbol that codes for ever longer blocks need, between their two bounds.

    The entropy is a line, and the entropy plus 1 over the length of the block is dashed.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rates : array_like, shape (N,)
        For blocks of 1, 2, …, N symbols.
    least : float
        The entropy.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = block_rates(Figure().subplots(), [1, 0.9], 0.81)
    >>> ax.texts[-1].get_text()[-5:]
    '0.810'
    >>> ax.lines[-1].get_ydata()
    array([1.81, 1.31])
    """
    n = np.arange(1, len(rates) + 1)
    ax.vlines(n, least, rates, color=COLORS["kl"], lw=2.4)
    ax.plot(n, rates, "o", color=COLORS["q"], ms=9)
    for k, rate in zip(n, rates, strict=True):
        lift = 8 if k % 2 else 23  # neighbours of one height do not touch
        ax.annotate(f"{rate:.3f}", (k, rate), (0, lift), textcoords="offset points", ha="center",
                    fontsize=13)  # fmt: skip
    ax.axhline(least, color=COLORS["p"])
    ax.text(
        n[-1] + 0.6,
        least,
        rf"$\mathrm{{H}}$ = {least:.3f}",
        color=COLORS["p-ink"],
        ha="left",
        va="center",
    )
    ax.set(xlabel="symbols in a block", ylabel="bits per symbol", xticks=n, xlim=(0.5, n[-1] + 0.5))
    ax.margins(y=0.15)
    low, high = ax.get_ylim()
    ax.set_ylim(low, max(high, least + 2 / len(rates)))  # the bound of short blocks is far above
    ax.plot(n, least + 1 / n, color=COLORS["soft"], lw=1.5, ls="--")
    ax.grid(axis="x", visible=False)
    return ax


def running_bits(ax, averages):
    """Draw what n-grams pay per letter on average, up to each letter of a passage.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    averages : array_like, shape (orders, L)
        In bits, a row for each order from 0 to at most 4.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> running_bits(Figure().subplots(), [[4.0, 4.2], [3.0, 3.1]]).get_ylabel()
    'bits per letter'
    """
    averages = np.asarray(averages)
    letters = np.arange(1, averages.shape[1] + 1)
    styles = ("-", "--", ":", "-.", "-")
    for order, (row, style) in enumerate(zip(averages, styles, strict=False)):
        hue = COLORS[("p", "q", "kl", "good", "soft")[order]]
        ax.plot(letters, row, style, color=hue, label=f"order {order}")
    ax.set(xlabel="letters", ylabel="bits per letter", ylim=(0, 6), xlim=(1, letters[-1]))
    ax.legend(ncols=3, loc="upper right", fontsize=12)
    return ax


def character_bits(ax, text, bits):
    """Draw a bar for what each character of a text costs.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    text : str
    bits : array_like, shape (len(text),)

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> character_bits(Figure().subplots(), "aha", [8.0, 9.0, 2.0]).get_ylabel()
    'bits'
    """
    ax.bar(np.arange(len(text)), bits, 0.85, color=COLORS["q"])
    ax.set_xticks(np.arange(len(text)), list(text), fontsize=11)
    ax.set(ylabel="bits", ylim=(0, 12), xlim=(-0.6, max(len(text), 1) - 0.4))
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x", visible=False)
    return ax
