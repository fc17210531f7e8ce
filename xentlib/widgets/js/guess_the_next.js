// Shannon's game: a covered text, to be guessed letter by letter or bet on. Beside the reader play n-grams that
// were trained on other text; what they pay and guess came with the figure.
import { shannonBounds, sum, surprisal } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot } from "./plot.js";
import { fill, fmt, h, put, s } from "./ui.js";

export const LETTERS = "abcdefghijklmnopqrstuvwxyz ";
const CHIPS = 100;
const ENOUGH = 50; // letters, before the figure says where the reader stands
const ROUNDING = 1e-9; // bits that two ways to add may differ by
const LINES = ["p", "q xent-dashed", "kl xent-dotted", "good xent-dashed", "soft"];
const EMPTY = { tried: "", chips: Array(LETTERS.length).fill(0) };

const named = (letter) => (letter === " " ? "the space" : letter);
const average = (values) => sum(values) / values.length; // not a number before the first letter
const either = (x, write) => (Number.isNaN(x) ? "–" : write(x));
const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

// Which letters of the passage were played in the present mode, and how.
const played = ({ plays, passage, mode }) =>
  plays[passage]
    .map((play, at) => ({ ...play, at }))
    .filter((play) => ("guesses" in play) === (mode === "guess"));
const rankOf = ({ guesses }) => guesses.length;
const billOf = ({ stake }) => surprisal(stake / CHIPS);
const bounds = (ranks) => (ranks.length ? shannonBounds(ranks) : [NaN, NaN]);

// The running averages over the letters played so far.
const running = (values) => {
  let total = 0;
  return values.map((value, k) => [k + 1, (total += value) / (k + 1)]);
};

export const measure = (state) => {
  const mine = played(state);
  const isGuess = state.mode === "guess";
  const [lower, upper] = bounds(isGuess ? mine.map(rankOf) : []);
  const numbers = {
    guessed: isGuess ? mine.length : 0,
    bet: isGuess ? 0 : mine.length,
    shown: state.plays[state.passage].filter(({ model }) => model).length, // by guesses or by bets
    lower,
    upper,
    paid: isGuess ? NaN : average(mine.map(billOf)),
    total: isGuess ? NaN : sum(mine.map(billOf)),
  };
  state.bits[state.passage].forEach((row, order) => {
    const costs = mine.map(({ at }) => row[at]);
    numbers[`order-${order}`] = average(costs);
    numbers[`total-${order}`] = sum(costs);
    const ranks = mine.map(({ at }) => state.ranks[state.passage][order][at]);
    [numbers[`lower-${order}`], numbers[`upper-${order}`]] = bounds(ranks);
  });
  return numbers;
};

const orders = (list) => {
  if (!list.length) return "none of the n-grams";
  return `order${list.length > 1 ? "s" : ""} ${list.join(", ")}`;
};

// Where the reader stands, once there are enough letters to say so.
const standing = (state, numbers) => {
  const isGuess = state.mode === "guess";
  const count = isGuess ? numbers.guessed : numbers.bet;
  if (count < ENOUGH) return "";
  const shown = played(state).filter(({ model }) => model).length;
  const by = shown ? `, ${shown} by order 3` : "";
  if (!isGuess && numbers.paid === Infinity)
    return ` ${count} letters${by}: ∞ bits per letter, since no chip lay on a letter that came. The n-grams keep a little for every letter.`;
  const [mine, theirs] = isGuess ? [numbers.upper, "upper"] : [numbers.paid, "order"];
  const than = state.ranks[state.passage]
    .map((_, order) => order)
    .filter((order) => numbers[`${theirs}-${order}`] > mine + ROUNDING);
  return isGuess
    ? ` ${count} letters${by}: ${fmt(numbers.lower, 2)} to ${fmt(numbers.upper, 2)} bits per letter. Upper bounds above this one: ${orders(than)}.`
    : ` ${count} letters${by}: ${fmt(numbers.paid, 2)} bits per letter. More was paid by ${orders(than)}.`;
};

const sentence = (state, numbers) => {
  const { plays, passage, mode, tried, hidden, chips } = state;
  const game = plays[passage];
  const left = CHIPS - sum(chips);
  const isOver = game.length === hidden[passage].length;
  if (tried) return `Not ${[...tried].map(named).join(", ")}. Guess again: this will be guess ${tried.length + 1}.`;
  if (left < CHIPS && left > 0) return `${many(left, "chip")} left to place.`;
  if (left === 0) return "All 100 chips are placed. Place the bet, or press Enter.";
  const last = game.at(-1);
  if (!last)
    return mode === "guess"
      ? "Which letter comes next? Type it, or press it. The space is a letter."
      : "Spread 100 chips over the letters that may come next: type them, or press them.";
  const who = last.model ? "order 3" : "you";
  const letter = named(hidden[passage][game.length - 1]);
  const all = mode === "bet" ? `, ${fmt(numbers.total, 1)} in all` : "";
  const said =
    "guesses" in last
      ? `It was ${letter}, found in ${last.guesses.length === 1 ? "1 guess" : `${last.guesses.length} guesses`}${last.model ? " by order 3" : ""}.`
      : `It was ${letter}. With ${many(Number(last.stake.toFixed(1)), "chip")} on it ${who} paid ${fmt(billOf(last), 2)} bits${all}.`;
  return said + standing(state, numbers) + (isOver ? " The passage is done." : "");
};

// ---- what the browser remembers of the games, read with as much trust as any other input

const keyOf = ({ leads }) => `xent:guess:${location.pathname}:${leads[0]}`; // JupyterLab shows many notebooks on one path
const isPlay = (play, letter) => {
  if (typeof play !== "object" || play === null) return false;
  if (![undefined, true].includes(play.model)) return false;
  const { guesses, stake } = play;
  if (guesses === undefined) return Number.isFinite(stake) && stake >= 0 && stake <= CHIPS;
  if (typeof guesses !== "string" || guesses.at(-1) !== letter || stake !== undefined) return false;
  return new Set(guesses).size === guesses.length && [...guesses].every((guess) => LETTERS.includes(guess));
};
const recall = (first) => {
  const { hidden, plays } = first;
  if (plays.some((game) => game.length)) return null; // a kernel knows of a game
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(first)));
    const fits =
      kept.length === hidden.length &&
      kept.every((game, k) => game.length <= hidden[k].length && game.every((play, i) => isPlay(play, hidden[k][i])));
    return fits ? kept : null;
  } catch {
    return null; // nothing is kept, or it is none of ours
  }
};
const remember = (state) => {
  try {
    if (state.plays.some((game) => game.length)) localStorage.setItem(keyOf(state), JSON.stringify(state.plays));
    else localStorage.removeItem(keyOf(state));
  } catch {
    // storage is a courtesy
  }
};

// ---- moves

const add = (state, ...more) => ({
  ...EMPTY,
  plays: state.plays.map((game, k) => (k === state.passage ? [...game, ...more] : game)),
});
const next = ({ hidden, passage, plays }) => hidden[passage][plays[passage].length];

const guess = (state, letter) => {
  if (!LETTERS.includes(letter) || state.tried.includes(letter) || next(state) === undefined) return {};
  const tried = state.tried + letter;
  return letter === next(state) ? add(state, { guesses: tried }) : { tried };
};
const stake = (state, letter) => {
  if (next(state) === undefined) return {};
  const room = Math.min(state.handful, CHIPS - sum(state.chips));
  return { chips: state.chips.map((chip, k) => (LETTERS[k] === letter ? chip + room : chip)) };
};
const spread = ({ chips }) => {
  const rest = CHIPS - sum(chips);
  const share = Math.floor(rest / chips.length);
  return { chips: chips.map((chip, k) => chip + share + (k < rest % chips.length ? 1 : 0)) };
};
const bet = (state) =>
  sum(state.chips) === CHIPS && next(state) !== undefined
    ? add(state, { stake: state.chips[LETTERS.indexOf(next(state))] })
    : {};
const byModel = (state, number) => {
  const { passage, mode, guesses, bits, hidden } = state;
  const from = state.plays[passage].length;
  const places = Array.from({ length: Math.min(number, hidden[passage].length - from) }, (_, k) => from + k);
  return add(
    state,
    ...places.map((at) =>
      mode === "guess"
        ? { guesses: guesses[passage][at], model: true }
        : { stake: CHIPS * 2 ** -bits[passage][3][at], model: true },
    ),
  );
};

// ---- parts

const text = (figure) => {
  const box = h("p", { class: "xent-passage" });
  figure.root.append(box);
  figure.painters.push((state) => {
    const { leads, hidden, passage, plays } = state;
    const seen = hidden[passage].slice(0, plays[passage].length);
    fill(box, `${passage} ${seen.length}`, () => [
      leads[passage],
      h("strong", {}, seen),
      ...(next(state) === undefined ? [] : [h("span", { class: "xent-cover", role: "img", "aria-label": "covered" }, "▒")]),
    ]);
  });
};

const keyboard = (figure) => {
  const input = h("input", {
    type: "text",
    class: "xent-typed",
    "data-control": "letter",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
  });
  const label = h("span", { class: "xent-name" });
  figure.root.append(h("label", { class: "xent-steps" }, label, input));
  const act = (state, letter) => (state.mode === "guess" ? guess(state, letter) : stake(state, letter));
  figure.on(input, "input", () => {
    const typed = input.value.toLowerCase();
    input.value = "";
    for (const letter of typed) figure.set(act(figure.state(), letter));
  });
  let last = EMPTY.chips;
  const place = (state) => {
    const move = bet(state);
    if (move.plays) last = state.chips;
    return move;
  };
  figure.on(input, "keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    figure.set(place(figure.state()));
  });
  const grid = h("div", { class: "xent-keys", role: "group", "aria-label": "Letters" });
  figure.root.append(grid);
  const keys = [...LETTERS].map((letter) => {
    const count = h("span", { class: "xent-value" });
    const key = h(
      "button",
      { type: "button", "data-button": `letter-${letter}`, class: "xent-cell" },
      h("span", {}, letter === " " ? "␣" : letter),
      count,
    );
    figure.on(key, "click", () => figure.set(act(figure.state(), letter)));
    grid.append(key);
    return { key, count, letter };
  });
  const row = h("div", { class: "xent-buttons" });
  figure.root.append(row);
  figure.choice(row, "Chips a press", "handful", [["1", 1], ["5", 5], ["20", 20]]);
  figure.button(row, "Spread what is left", spread, { id: "spread" });
  figure.button(row, "Take all back", () => EMPTY, { id: "clear" });
  figure.button(row, "Last bet again", () => ({ chips: last }), { id: "again", off: () => !sum(last) });
  figure.button(row, "Place the bet", place, {
    id: "bet",
    off: (state) => sum(state.chips) !== CHIPS || next(state) === undefined,
  });
  figure.painters.push((state) => {
    const isGuess = state.mode === "guess";
    put(row, { hidden: isGuess });
    put(label, { text: isGuess ? "Your guess" : "Chips on" });
    for (const [k, { key, count, letter }] of keys.entries()) {
      const isOut = isGuess && state.tried.includes(letter);
      const said = isGuess ? (isOut ? ", tried" : "") : `, ${many(state.chips[k], "chip")}`;
      put(key, { "aria-disabled": isOut ? "true" : null, "aria-label": `${letter === " " ? "space" : letter}${said}` });
      put(count, { text: isGuess || !state.chips[k] ? "" : String(state.chips[k]) });
    }
  });
};

const curves = (figure) => {
  const { bits, hidden } = figure.first;
  let drawn = []; // what the curves depend on: a letter that was tried moves none of them
  const stage = plot(figure, {
    tall: 170,
    left: 34,
    x: ({ passage }) => [0, hidden[passage].length],
    y: () => [0, 6],
    xName: "letters",
    yName: "bits per letter, so far",
    draw: (scale, state) => {
      const now = [state.plays, state.passage, state.mode, scale.right];
      if (now.every((value, k) => value === drawn[k])) return;
      drawn = now;
      const mine = played(state);
      lines.forEach((line, order) =>
        put(line, { d: scale.map(running(mine.map(({ at }) => state.bits[state.passage][order][at]))) }),
      );
      const sides =
        state.mode === "guess"
          ? mine.map((_, k) => bounds(mine.slice(0, k + 1).map(rankOf)))
          : running(mine.map(billOf)).map(([, value]) => [value, value]);
      yours.forEach((line, side) => put(line, { d: scale.map(sides.map((pair, k) => [k + 1, pair[side]])) }));
    },
  });
  const lines = bits[0].map((_, order) => s("path", { class: `xent-line-${LINES[order]}` }));
  const yours = [0, 1].map(() => s("path", { class: "xent-line-ink" }));
  stage.inside.append(...lines, ...yours);
};

const table = (figure) => {
  const { bits } = figure.first;
  const sample = (line) =>
    s("svg", { class: "xent-sample", width: 30, height: 10, "aria-hidden": "true" }, s("path", { class: line, d: "M1 5H29" }));
  // The columns: a number's name, its words, whether it is of guesses, of bets (null: of both), and its digits.
  const columns = [
    ["order", "pays", null, 2],
    ["total", "in all", false, 1],
    ["lower", "guesses: at least", true, 2],
    ["upper", "at most", true, 2],
  ];
  const inMode = (node, ofGuesses) => {
    if (ofGuesses !== null)
      figure.painters.push(({ mode }) => void put(node, { hidden: (mode === "guess") !== ofGuesses }));
    return node;
  };
  const cells = (nameOf) =>
    columns.map(([word, , ofGuesses, digits]) => {
      const name = nameOf(word);
      const node = h("td", { class: "xent-value", "data-readout": name });
      figure.painters.push((_, numbers) => {
        const value = numbers[name];
        put(node, { text: either(value, (x) => fmt(x, digits)), "data-value": String(value) });
      });
      return inMode(node, ofGuesses);
    });
  const row = (line, name, nameOf) => h("tr", {}, h("th", { scope: "row" }, sample(line), ` ${name}`), ...cells(nameOf));
  const head = columns.map(([, words, ofGuesses]) => inMode(h("th", { scope: "col" }, words), ofGuesses));
  figure.root.append(
    h(
      "table",
      { class: "xent-table" },
      h("caption", {}, "Bits per letter, on the letters played so far"),
      h("thead", {}, h("tr", {}, h("td"), ...head)),
      h(
        "tbody",
        {},
        ...bits[0].map((_, order) =>
          row(`xent-line-${LINES[order]}`, `order ${order}`, (word) => `${word}-${order}`),
        ),
        row("xent-line-ink", "you", (word) => (word === "order" ? "paid" : word)),
      ),
    ),
  );
};

const build = (figure) => {
  const kept = recall(figure.first);
  if (kept) figure.model.set("plays", kept);
  const top = figure.row("xent-top xent-wrap");
  const passages = figure.first.hidden.map((_, k) => [`passage ${k + 1}`, k]);
  if (passages.length > 1) figure.choice(top, "Passage", "passage", passages, EMPTY);
  figure.choice(top, "How you play", "mode", [["guess", "guess"], ["bet", "bet"]], EMPTY);
  text(figure);
  figure.root.append(figure.sentence);
  keyboard(figure);
  const row = figure.row();
  for (const number of [1, 10])
    figure.button(row, number === 1 ? "Order 3 plays a letter" : "… ten letters", (state) => byModel(state, number), {
      id: `model-${number}`,
      name: number === 1 ? undefined : "Order 3 plays ten letters",
    });
  figure.reset(row);
  curves(figure);
  table(figure);
  let saved = kept ?? figure.first.plays;
  figure.painters.push((state, numbers) => {
    // What "Show me" played is not the reader's game, and does not take its place.
    if (state.plays !== saved && !figure.shown) remember(state);
    saved = state.plays;
    return sentence(state, numbers);
  });
};

export default defineFigure({
  title: "Guess the next letter",
  keys: ["leads", "hidden", "bits", "ranks", "guesses", "plays", "passage", "mode", "tried", "chips", "handful"],
  measure,
  names: {
    guessed: ["the number of letters you guessed", "letters"],
    bet: ["the number of letters you bet on", "letters"],
    upper: ["your upper bound", "bits"],
    paid: ["your bill", "bits per letter"],
    "order-1": ["the bill of order 1", "bits"],
    total: ["your bill in all", "bits"],
    "total-1": ["that of order 1", "bits"],
  },
  shape: ({ hidden }) => JSON.stringify(hidden),
  build,
});
