// Adds up the bets on the quiz that this browser remembers: their average, how well the beliefs were
// calibrated, and the dearest of them.
(() => {
  "use strict";
  const list = [...document.querySelectorAll("[data-bet]")];
  const report = document.getElementById("bill-report");
  if (!report) return;
  const { recall, forget, cost, shown, mean, averages } = globalThis.xentBets;
  const by = (id) => document.getElementById(id);
  const BINS = [
    [0, 19],
    [20, 39],
    [40, 59],
    [60, 79],
    [80, 100],
  ];
  const Z = 1.959964; // a normal variable stays within this many standard deviations 95% of the time

  const percent = (x) => `${Math.round(100 * x)}%`;
  const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

  const read = (item) => {
    const { bet: id, page } = item.dataset;
    const right = Number(item.dataset.right);
    const path = new URL(page, location.href).pathname;
    const chips = recall(path, id, Number(item.dataset.many));
    return { item, id, path, right, chips, bits: chips && cost(chips, right) };
  };

  // Wilson's interval for a share of which k in n were seen.
  const interval = (k, n) => {
    const middle = (k + (Z * Z) / 2) / (n + Z * Z);
    const reach = (Z / (n + Z * Z)) * Math.sqrt((k * (n - k)) / n + (Z * Z) / 4);
    return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
  };

  // Of the options that got so many chips, how many were right.
  const calibration = (bets) => {
    const options = bets.flatMap(({ chips, right }) => chips.map((chip, k) => ({ chip, isRight: k === right })));
    return BINS.map(([low, high]) => {
      const inside = options.filter(({ chip }) => chip >= low && chip <= high);
      const right = inside.filter(({ isRight }) => isRight).length;
      const n = inside.length;
      if (!n) return { low, high, n };
      return { low, high, n, right, said: mean(inside.map(({ chip }) => chip / 100)), ends: interval(right, n) };
    });
  };

  const sentence = (bets) => {
    const asked = `You have bet on ${bets.length} of ${list.length} questions.`;
    if (!bets.length) return `${asked} Under any question with one right option, press “Bet instead”.`;
    const { paid, even } = averages(bets);
    const finite = bets.filter(({ bits }) => bits < Infinity);
    const few = bets.length < 10 ? " So few answers say little about the next ones." : "";
    if (finite.length === bets.length)
      return `${asked} They cost you ${paid} bits per question. Chips spread evenly would have cost ${even}.${few}`;
    const none = bets.length - finite.length;
    const without = averages(finite);
    const rest = finite.length
      ? ` Without ${none === 1 ? "that bet" : "those bets"} it would be ${without.paid}, where chips spread evenly would have cost ${without.even}.`
      : "";
    return `${asked} They cost you ∞ bits per question: ${none === 1 ? "once" : `${none} times`} you put no chip on the right answer, and no average survives that.${rest}${few}`;
  };

  const node = (name, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const SIDE = 260;
  const [LEFT, TOP] = [52, 12];
  const x = (share) => LEFT + SIDE * share;
  const y = (share) => TOP + SIDE * (1 - share);

  const draw = (bins) => {
    const marks = [0, 0.5, 1].flatMap((at) => [
      node("line", { class: "bill-grid", x1: x(0), x2: x(1), y1: y(at), y2: y(at) }),
      node("text", { x: x(at), y: y(0) + 20, "text-anchor": "middle" }, String(100 * at)),
      node("text", { x: x(0) - 8, y: y(at) + 5, "text-anchor": "end" }, percent(at)),
    ]);
    const points = bins
      .filter(({ n }) => n)
      .flatMap(({ said, right, n, ends }) => [
        node("line", { class: "bill-whisker", x1: x(said), x2: x(said), y1: y(ends[0]), y2: y(ends[1]) }),
        node("circle", { class: "bill-point", cx: x(said), cy: y(right / n), r: 6 }),
      ]);
    by("bill-picture").replaceChildren(
      node(
        "svg",
        { viewBox: `0 0 ${LEFT + SIDE + 16} ${TOP + SIDE + 48}`, "aria-hidden": "true" },
        ...marks,
        node("line", { class: "bill-diagonal", x1: x(0), x2: x(1), y1: y(0), y2: y(1) }),
        ...points,
        node("text", { x: x(0.5), y: y(0) + 42, "text-anchor": "middle" }, "chips you put on an option"),
      ),
    );
    const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    by("bill-bins").replaceChildren(
      ...bins.map(({ low, high, n, said, right, ends }) => {
        const row = document.createElement("tr");
        const name = cell("th", `${low} to ${high}`);
        name.scope = "row";
        const told = n
          ? [String(n), (100 * said).toFixed(0), `${right}, ${percent(right / n)}`, ends.map(percent).join(" to ")]
          : ["0", "–", "–", "–"];
        row.append(name, ...told.map((text) => cell("td", text)));
        return row;
      }),
    );
  };

  const show = () => {
    const bets = list.map(read).filter(({ item, chips, bits }) => {
      let mark = item.querySelector(".goal-mark");
      if (!mark) item.append((mark = Object.assign(document.createElement("span"), { className: "goal-mark" })));
      mark.textContent = chips ? ` ${shown(bits)} bits` : "";
      return chips;
    });
    const forgets = document.documentElement.dataset.storage === "none";
    by("bill-sum").textContent = forgets
      ? "This browser keeps nothing for the book here: what you bet is forgotten when you leave a page."
      : sentence(bets);
    by("bill-details").hidden = !bets.length;
    draw(calibration(bets));
    const dear = [...bets].sort((a, b) => (b.bits > a.bits) - (b.bits < a.bits)).slice(0, 3).filter(({ bits }) => bits > 0);
    by("bill-dearest").replaceChildren(
      ...dear.map(({ item, chips, right, bits }) => {
        const row = document.createElement("li");
        const link = item.querySelector("a").cloneNode(true);
        row.append(link, ` ${many(chips[right], "chip")} on the right answer: ${shown(bits)} bits.`);
        return row;
      }),
    );
    by("bill-none-dear").hidden = dear.length > 0;
    const name = by("bill-name").value.trim();
    const { paid, even } = bets.length ? averages(bets) : { paid: "–", even: "–" };
    report.value = [
      "The Wrong Codebook",
      ...(name ? [name] : []),
      `${bets.length} of ${list.length} bets`,
      `${paid} bits per question`,
      `spread evenly ${even}`,
    ].join("; ");
  };

  by("bill-reset").addEventListener("click", () => {
    if (!confirm("Forget all your bets? This cannot be undone.")) return;
    for (const item of list) {
      const { path, id } = read(item);
      forget(path, id);
    }
    show();
  });
  by("bill-name").addEventListener("input", show);
  window.addEventListener("pageshow", show);
  show();
})();
