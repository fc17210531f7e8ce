// A game: someone thinks of a thing, and you have to find it with yes/no questions. The questions you
// plan are a tree, and a tree is a code: the answers that lead to a thing are its codeword.
import { canonicalWords, draw, entropy, halve, huffmanLengths, mean, sum } from "./core.js";
import { defineFigure } from "./figure.js";
import { fmt, fmtProbability, h, put, s } from "./ui.js";

const ROW = 20; // a thing in the tree
const NAMES = 92; // room for its name, probability and number of questions
const WHO = { Alice: "alice", Bob: "bob" };

const lengths = (words) => words.map((word) => word.length);

// Things that share their answers so far, by those answers: first those after few questions, and
// "yes" (0) before "no".
const groups = (words) => {
  const found = new Map();
  words.forEach((word, k) => found.set(word, [...(found.get(word) ?? []), k]));
  return [...found].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
};
const open = (words) => groups(words).find(([, members]) => members.length > 1);

const best = (p) => canonicalWords(huffmanLengths(p));
const thought = (state, round) => draw(state[WHO[state.player]], round + (state.player === "Bob" ? 1e6 : 0));
const questionsAsked = (state) =>
  sum(Array.from({ length: state.rounds }, (_, round) => state.words[thought(state, round + 1)].length));

export const measure = (state) => {
  const { alice, bob, words, player, ticked, rounds } = state;
  const yours = lengths(words);
  return {
    alice: mean(alice, yours),
    bob: mean(bob, yours),
    "alice-entropy": entropy(alice),
    "bob-entropy": entropy(bob),
    "alice-best": mean(alice, huffmanLengths(alice)),
    "bob-best": mean(bob, huffmanLengths(bob)),
    open: groups(words).filter(([, members]) => members.length > 1).length,
    "yes-mass": sum(ticked.map((k) => state[WHO[player]][k])),
    played: questionsAsked(state) / rounds, // not a number before the first round
  };
};

const split = (words, yes, members) =>
  words.map((word, k) => (members.includes(k) ? word + (yes.includes(k) ? "0" : "1") : word));

const answers = (word) => [...word].map((bit) => (bit === "0" ? "yes" : "no")).join(", ");

const sentence = (state, numbers) => {
  const { words, player, labels, rounds } = state;
  const node = open(words);
  if (rounds) {
    const k = thought(state, rounds);
    const last = `Round ${rounds}: ${player} thinks of the ${labels[k]} and answers ${answers(words[k])}.`;
    return rounds === 1 ? last : `${last} ${fmt(numbers.played, 2)} questions per round so far.`;
  }
  if (!node) {
    const who = WHO[player];
    const gap = numbers[who] - numbers[`${who}-best`];
    const verdict =
      gap < 1e-9 ? "No questions do better." : `The best questions need ${fmt(numbers[`${who}-best`])}.`;
    return `Every thing can be told from every other. ${player} will cost you ${fmt(numbers[who])} questions per round on average. ${verdict}`;
  }
  const mass = sum(node[1].map((k) => state[WHO[player]][k]));
  const yes = numbers["yes-mass"];
  const so = node[0]
    ? `After ${answers(node[0])}: ${node[1].length} things are left, ${fmtProbability(mass)} of what ${player} thinks of.`
    : `Your first question to ${player}.`;
  const ask = state.ticked.length
    ? `The answer is yes for ${fmtProbability(yes)} and no for ${fmtProbability(mass - yes)}.`
    : "Tick the things to ask about.";
  return `${so} ${ask}`;
};

const chooser = (figure, parent) => {
  const { labels } = figure.first;
  const grid = h("div", { class: "xent-things", role: "group", "aria-label": "Is it one of these?" });
  parent.append(grid);
  const top = Math.max(...figure.first.alice, ...figure.first.bob);
  const cells = labels.map((label, k) => {
    const box = h("input", { type: "checkbox", "data-control": `thing-${k}` });
    const value = h("span", { class: "xent-value" });
    const meter = h("span", { class: "xent-meter" });
    const cell = h("label", { class: "xent-thing" }, box, h("span", {}, label), value, meter);
    figure.on(box, "change", () => {
      const { ticked } = figure.state();
      figure.set({ ticked: box.checked ? [...ticked, k] : ticked.filter((i) => i !== k) });
    });
    grid.append(cell);
    return { cell, box, value, meter };
  });
  figure.painters.push((state) => {
    const members = open(state.words)?.[1] ?? [];
    cells.forEach(({ cell, box, value, meter }, k) => {
      const p = state[WHO[state.player]][k];
      box.checked = state.ticked.includes(k);
      box.disabled = !members.includes(k);
      put(cell, { "data-out": box.disabled });
      put(value, { text: fmtProbability(p) });
      put(meter, { style: `width:${(100 * p) / top}%` });
    });
  });
};

const planner = (figure, parent) => {
  const past = [];
  const ask = (state, yes) => {
    const [, members] = open(state.words);
    past.push(state.words);
    return { words: split(state.words, yes, members), ticked: [], rounds: 0 };
  };
  const undo = () => ({ words: past.pop(), ticked: [], rounds: 0 });
  chooser(figure, parent);
  const row = h("div", { class: "xent-buttons" });
  parent.append(row);
  const isDone = ({ words }) => !open(words);
  figure.button(row, "Ask", (state) => ask(state, state.ticked), {
    id: "ask",
    off: (state) => isDone(state) || !state.ticked.length || state.ticked.length >= open(state.words)[1].length,
  });
  figure.button(
    row,
    "Tick half",
    (state) => ({ ticked: halve(state[WHO[state.player]], open(state.words)[1]) }),
    { id: "halve", off: isDone },
  );
  figure.button(
    row,
    "Halve the rest",
    (state) => {
      past.push(state.words);
      let { words } = state;
      for (let node = open(words); node; node = open(words))
        words = split(words, halve(state[WHO[state.player]], node[1]), node[1]);
      return { words, ticked: [], rounds: 0 };
    },
    { id: "rest", off: isDone },
  );
  figure.button(row, "Undo", undo, { id: "undo", off: () => !past.length });
  const reset = figure.reset(row);
  figure.on(reset, "click", () => (past.length = 0));
};

const tree = (figure, parent) => {
  const { labels } = figure.first;
  const stage = figure.stage(
    labels.length * ROW + 8,
    (width, state) => {
      const pmf = state[WHO[state.player]];
      const words = state.view === "best" ? best(pmf) : state.words;
      const active = state.view === "best" ? [] : (open(words)?.[1] ?? []);
      const order = labels
        .map((_, k) => k)
        .sort((a, b) => (words[a] === words[b] ? a - b : words[a] < words[b] ? -1 : 1));
      const deepest = Math.max(4, ...lengths(words));
      const step = (width - NAMES - 16) / deepest;
      const x = (depth) => 6 + depth * step;
      const row = new Map(order.map((k, i) => [k, 4 + (i + 0.5) * ROW]));
      const found = state.rounds && state.view !== "best" ? words[thought(state, state.rounds)] : null;

      const marks = [];
      const node = (word) => {
        const members = order.filter((k) => words[k].startsWith(word));
        const y = sum(members.map((k) => row.get(k))) / members.length;
        const mass = sum(members.map((k) => pmf[k]));
        const inner = words[members[0]] !== word;
        const on = found !== null && found.startsWith(word);
        if (!inner && members.length > 1)
          marks.push(
            s("path", {
              class: active.includes(members[0]) ? "xent-open-group xent-active" : "xent-open-group",
              d: `M${width - NAMES - 6} ${row.get(members[0]) - 7}H${x(word.length)}V${row.get(members.at(-1)) + 7}H${width - NAMES - 6}`,
            }),
          );
        else if (!inner)
          marks.push(
            s("line", { class: "xent-lead", x1: x(word.length), x2: width - NAMES - 4, y1: y, y2: y }),
          );
        if (inner)
          for (const bit of ["0", "1"]) {
            const child = node(word + bit);
            marks.unshift(
              s("path", {
                class:
                  found !== null && found.startsWith(word + bit) ? "xent-branch xent-walked" : "xent-branch",
                d: `M${x(word.length)} ${y}V${child.y}H${x(word.length + 1)}`,
                "stroke-width": (1.5 + 9 * child.mass).toFixed(2),
              }),
            );
            if (step > 24 && Math.abs(child.y - y) > 13)
              marks.push(
                s("text", {
                  class: "xent-answer",
                  x: x(word.length) + step / 2,
                  y: child.y - (bit === "0" ? 3 + 4.5 * child.mass : -11 - 4.5 * child.mass),
                  text: bit === "0" ? "yes" : "no",
                }),
              );
          }
        else
          marks.push(
            s("circle", {
              class: on ? "xent-leaf xent-walked" : "xent-leaf",
              cx: x(word.length),
              cy: y,
              r: members.length > 1 ? 0 : 3,
            }),
          );
        return { y, mass };
      };
      node("");
      picture.replaceChildren(...marks);
      leaves.forEach(({ name, count }, k) => {
        const y = row.get(k) + 5;
        const strong = active.includes(k) || (found !== null && words[k] === found);
        put(name, { x: width - NAMES, y, class: strong ? "xent-start xent-in" : "xent-start" });
        put(count, { x: width - 2, y, text: String(words[k].length) });
      });
    },
    parent,
  );
  const picture = s("g");
  const leaves = labels.map((label) => ({
    name: s("text", { text: label }),
    count: s("text", { class: "xent-tick xent-end" }),
  }));
  stage.svg.append(picture, ...leaves.flatMap(({ name, count }) => [name, count]));
};

const table = (figure, parent) => {
  const head = (text) => h("th", { scope: "col" }, text);
  const row = (name, key, digits) => {
    const cells = ["alice", "bob"].map((who) => {
      const cell = h("td", { class: "xent-value", "data-readout": key ? `${who}-${key}` : who });
      figure.painters.push((state, numbers) => {
        const value = numbers[key ? `${who}-${key}` : who];
        put(cell, { text: fmt(value, digits), "data-value": String(value) });
      });
      return cell;
    });
    return h("tr", {}, h("th", { scope: "row" }, name), ...cells);
  };
  const yours = row("your questions", "", 3);
  parent.append(
    h(
      "table",
      { class: "xent-table" },
      h("caption", {}, "Questions per round, on average"),
      h("thead", {}, h("tr", {}, h("td"), head("Alice"), head("Bob"))),
      h("tbody", {}, yours, row("best questions", "best", 3), row("entropy, bits", "entropy", 3)),
    ),
  );
  figure.painters.push(
    (state, numbers) =>
      void put(yours.firstChild, { text: numbers.open ? "your questions so far" : "your questions" }),
  );
};

const codebook = (figure) => {
  const { labels } = figure.first;
  const cells = labels.map((label) => [
    h("th", { scope: "row" }, label),
    h("td"),
    h("td", { class: "xent-value" }),
  ]);
  figure.root.append(
    h(
      "details",
      {},
      h("summary", {}, "Your questions as a codebook"),
      h(
        "table",
        { class: "xent-table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["thing", "answers (0 is yes)", "questions"].map((text) => h("th", { scope: "col" }, text)),
          ),
        ),
        h("tbody", {}, ...cells.map((row) => h("tr", {}, ...row))),
      ),
    ),
  );
  figure.painters.push(({ words }) => {
    cells.forEach(([, word, count], k) => {
      put(word, { text: words[k] || "none yet" });
      put(count, { text: String(words[k].length) });
    });
  });
};

const build = (figure) => {
  const top = figure.row("xent-top xent-wrap");
  figure.choice(top, "Who thinks of a thing", "player", [
    ["Alice", "Alice"],
    ["Bob", "Bob"],
  ], { rounds: 0 });
  figure.choice(top, "Which tree", "view", [
    ["your tree", "yours"],
    ["best tree", "best"],
  ]);
  const panels = figure.row("xent-panels xent-even");
  const left = h("div");
  panels.append(left);
  planner(figure, left);
  left.append(figure.sentence);
  tree(figure, panels);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "Yes leads up and no leads down. A branch is as thick as it is probable; the number beside a thing counts its questions.",
    ),
  );
  const below = figure.row("xent-panels xent-even");
  table(figure, below);
  const game = h("div", { class: "xent-game" });
  below.append(game);
  const row = h("div", { class: "xent-buttons" });
  const score = h("div", { class: "xent-equation" });
  game.append(row, score);
  for (const many of [1, 100])
    figure.button(
      row,
      many === 1 ? "Play a round" : "Play 100",
      ({ rounds }) => ({ rounds: rounds + many }),
      { id: `play-${many}`, off: ({ words }) => open(words) !== undefined },
    );
  figure.readout(
    score,
    "rounds",
    "rounds",
    (_, { rounds }) => rounds,
    "",
    (x) => fmt(x, 0),
  );
  figure.readout(
    score,
    "played",
    "questions per round",
    (numbers) => numbers.played,
    "",
    (x) => (Number.isNaN(x) ? "–" : fmt(x, 2)),
  );
  codebook(figure);
  figure.painters.push(sentence);
};

export default defineFigure({
  title: "Twenty questions",
  keys: ["labels", "alice", "bob", "words", "ticked", "player", "view", "rounds"],
  measure,
  names: {
    open: "the number of sets still to split",
    alice: ["your plan's average for Alice", "questions"],
    bob: ["your plan's average for Bob", "questions"],
    "alice-best": "the best plan's",
    "bob-best": "the best plan's",
  },
  shape: ({ labels, alice, bob }) => JSON.stringify([labels, alice, bob]),
  build,
});
