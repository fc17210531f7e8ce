// Goals for the reader, judged by the figure itself. The trait `challenges` holds a list of
//   id        names it in what the browser remembers
//   prompt    what to do
//   all       conditions on the figure's numbers, all to be met: {measure, op, value, tolerance, say};
//             op is one of == < <= > >=, value a number (in bits where it has a unit) or the name of another
//             measure, and say what to tell in place of the distance; what follows it is then not told
//   locked    traits that have to stay as they were (optional)
//   by_hand   true if no button may find the answer (optional)
//   twice     {key, by, again}: to be met by two states whose `key`, a measure or a trait, differs by that
//             much; again is told after the first (optional)
//   hint      said after a few tries (optional)
//   solution  a state that meets it, for "Show me"
// A goal counts at rest: what is dragged through is not reached.
import { fill, fmt, formula, h, plain, put, unitOf, write } from "./ui.js";

const HINT_AFTER = 3;
const SHOW_AFTER = 6;
const ROUNDING = 1e-9;

// Storage is a courtesy: a browser may refuse it, and then a goal is remembered until the page is left.
// It is slow, too: what it holds is read once, and with as much trust as any other input.
const kept = new Map();
const keyOf = (id) => `xent:done:${location.pathname}:${id}`;
const read = (id) => {
  try {
    const result = JSON.parse(localStorage.getItem(keyOf(id)));
    return Number.isInteger(result?.tries) && result.tries > 0 ? result : null;
  } catch {
    return null;
  }
};
const recall = (id) => {
  if (!kept.has(id)) kept.set(id, read(id));
  return kept.get(id);
};
const remember = (id, result) => {
  kept.set(id, result);
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(result));
  } catch {
    // kept above
  }
  window.dispatchEvent(new CustomEvent("xent:done", { detail: { id, ...result } }));
};

const flat = (value) => [value].flat(3);
const difference = (a, b) => Math.max(...flat(a).map((x, k) => Math.abs(x - flat(b)[k]) || 0));
// A bar that was moved and put back is where it was, though its neighbours were rounded on the way.
const same = (a, b) =>
  typeof a === "object" && a && b
    ? Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => same(a[key], b[key]))
    : a === b || (typeof a === "number" && Math.abs(a - b) <= ROUNDING);

const compare = (op, has, wanted, tolerance = 0) =>
  ({
    "==": has === wanted || Math.abs(has - wanted) <= tolerance + ROUNDING,
    "<": has < wanted - ROUNDING,
    "<=": has <= wanted + tolerance + ROUNDING,
    ">": has > wanted + ROUNDING,
    ">=": has >= wanted - tolerance - ROUNDING,
  })[op];

const BOUNDS = { "<": "below ", "<=": "at most ", ">": "above ", ">=": "at least " };
const short = (x, digits) => fmt(x, digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
const sentence = (text) => text.replace(/^[a-z]/, (start) => start.toUpperCase());

// What keeps a condition from being met, as a sentence in the figure's unit. Its numbers get as many digits as it
// takes for them to say so themselves, and for a bound that was turned into nats to be told to a twentieth.
const distance = ({ op, measure, value, tolerance = 0 }, numbers, names, base) => {
  const [name, kind] = [names[measure]].flat();
  const unit = kind === "bits" ? unitOf(base ?? 2) : { name: kind, size: 1 };
  const amount = (x, digits) => {
    const number = short(x, digits);
    return unit.name ? `${number} ${number === "1" ? unit.name.replace(/^(\w+)s\b/, "$1") : unit.name}` : number;
  };
  const has = numbers[measure] * unit.size;
  const wanted = (typeof value === "string" ? numbers[value] : value) * unit.size;
  const gap = Math.abs(has - wanted);
  let digits = 2;
  const told = (x) => Number(x.toFixed(digits));
  const isClear = () =>
    [has, wanted].every((x) => told(x) !== 0 || Math.abs(x) < ROUNDING) &&
    (Math.abs(told(wanted) - wanted) <= (unit.size === 1 ? ROUNDING : Math.abs(wanted) / 20) || digits >= 4) &&
    (gap < ROUNDING || told(has) !== told(wanted)) &&
    (op === "=="
      ? told(gap) > tolerance * unit.size
      : !compare(op, told(has), told(wanted), tolerance * unit.size));
  while (Number.isFinite(gap) && digits < 12 && !isClear()) digits++;
  const [is, target] = [has, wanted].map((x) => amount(x, digits));
  if (typeof value === "string") return sentence(`${name} is ${is}, and ${[names[value]].flat()[0]} is ${target}.`);
  if (BOUNDS[op]) return sentence(`${name} is ${is}, and should be ${BOUNDS[op]}${target}.`);
  if (!Number.isFinite(gap)) return sentence(`${name} is ${is}, and should be ${target}.`);
  const aim = unit.size === 1 ? "" : ` (${short(value, 4)} ${value === 1 ? "bit is" : "bits are"} ${amount(wanted, 3)})`;
  return sentence(`${name} is ${is}: ${short(gap, digits)} too ${has < wanted ? "low" : "high"}${aim}.`);
};

// How far an answer is from the first, where it is not far enough: in as many digits as it takes to see that.
const soFar = (is, wanted) => {
  if (is < ROUNDING) return "";
  let digits = 2;
  const told = () => Number(is.toFixed(digits));
  while (told() === 0 || told() >= wanted) digits++;
  return `So far the difference is ${short(is, digits)}.`;
};

// -> [whether a state meets a goal, what to tell if not]. first is the state in which the figure began, and
// helped whether a button has found what is on display: it says so only where nothing else is amiss.
export const judge = (challenge, definition, first, state, numbers, helped = false) => {
  const { all, locked = [], by_hand: byHand } = challenge;
  const { traits = {} } = definition;
  const names = typeof definition.names === "function" ? definition.names(state) : definition.names;
  for (const { measure, value } of all)
    for (const name of [measure, value])
      if (typeof name === "string" && !(name in numbers))
        throw new Error(`challenge: no measure ${name}; there are ${Object.keys(numbers).join(", ")}`);
  const moved = locked.filter((key) => !same(state[key], first[key]));
  if (moved.length)
    return [false, `You have changed ${moved.map((key) => traits[key] ?? key).join(" and ")}. Reset puts everything back.`];
  const open = [];
  for (const condition of all) {
    const { measure, op, value, tolerance, say } = condition;
    const wanted = typeof value === "string" ? numbers[value] : value;
    if (compare(op, numbers[measure], wanted, tolerance)) continue;
    open.push(say ?? distance(condition, numbers, names, state.base));
    if (say) break;
  }
  if (byHand && helped && !open.length) return [false, "A button did that. Press Reset, and do it by hand."];
  return [!open.length, open.join(" ")];
};

export const addChallenges = (figure, challenges) => {
  if (!challenges?.length) return;
  const progress = challenges.map(() => ({ tries: 0, shown: false }));
  let current = Math.max(
    0,
    challenges.findIndex(({ id }) => !recall(id)),
  );
  let start = figure.first; // the state in which the challenge was chosen: nothing is said about it
  let isTouched = false;
  let isArmed; // a goal that is met in the first state, or by "Show me", is not yet reached
  let isWon = false;
  let found = null; // for a goal to be met twice
  let last = start; // the state that was judged last
  let feedback = "";

  const tabs = challenges.map((challenge, k) => {
    const tab = h("button", { type: "button", "data-button": `challenge-${challenge.id}` });
    figure.on(tab, "click", () => choose(k));
    return tab;
  });
  const prompt = h("p", { class: "xent-prompt" });
  const told = h("p", { class: "xent-feedback" });
  const hint = h("p", { class: "xent-rule" });
  const show = h("button", { type: "button", "data-button": "show-me" }, "Show me");
  figure.on(show, "click", () => {
    const shown = { ...figure.first, ...challenges[current].solution };
    progress[current].shown = figure.shown = true;
    figure.helped = null;
    [isArmed, isTouched, last] = [false, true, shown];
    figure.glide();
    figure.set(shown);
  });
  figure.root.append(
    h(
      "div",
      { class: "xent-challenges", role: "group", "aria-label": "Challenges" },
      h("div", { class: "xent-buttons" }, h("strong", {}, "Challenge"), ...tabs),
      prompt,
      hint,
      show,
    ),
    told,
  );

  // What a button found is the reader's own once the goal was missed since and none of its values is left.
  const verdict = (state, numbers) => {
    const { helped } = figure;
    const judged = (byButton) =>
      judge(challenges[current], figure.definition, figure.first, state, numbers, byButton);
    if (!helped) return judged(false);
    helped.isLeft ||= !judged(false)[0];
    return judged(!helped.isLeft || Object.entries(helped.patch).some(([key, value]) => same(state[key], value)));
  };

  const answer = (state, numbers) => ({ ...state, ...numbers })[challenges[current].twice.key];
  const movedBy = (state, numbers) => difference(found, answer(state, numbers));
  const isAnother = (state, numbers) => movedBy(state, numbers) >= challenges[current].twice.by - ROUNDING;

  const choose = (k) => {
    current = k;
    start = last = figure.state();
    if (figure.helped) figure.helped.isLeft = false;
    // What the reader has brought about while another goal was chosen counts as it stands.
    const isOwn = !figure.shown && !same(start, figure.first);
    [isTouched, isArmed, isWon, found] = [false, isOwn || undefined, false, null];
    figure.wait(); // what was said of the other goal is true no longer
    figure.repaint();
  };

  figure.painters.push((state, numbers) => {
    const challenge = challenges[current];
    const [isMet, words] = verdict(state, numbers);
    isArmed ??= !isMet;
    isArmed ||= !isMet;
    if (isWon && !isMet) [isWon, found] = [false, null]; // what was reached asks for nothing more
    isTouched ||= !same(state, start);
    const again = found === null ? "" : `${challenge.twice.again} `;
    if (isWon) feedback = "Reached.";
    else if (!isTouched) feedback = "";
    else if (!isMet) feedback = again + words;
    else if (!isArmed) feedback = "This is one way. Now leave it, and get there yourself.";
    else if (found !== null && !isAnother(state, numbers)) feedback = again + soFar(movedBy(state, numbers), challenge.twice.by);
    else feedback = "There. Rest here, and it counts.";
    const done = recall(challenge.id);
    const before = !isWon && done ? [" ", h("span", { class: "xent-done" }, "You have done this one.")] : [];
    fill(told, `${before.length} ${feedback}`, () => [...formula(feedback), ...before]);
    put(told, { "data-reached": isWon });
    tabs.forEach((tab, k) => {
      const ok = Boolean(recall(challenges[k].id));
      put(tab, {
        text: ok ? `${k + 1} ✓` : String(k + 1),
        "aria-pressed": String(k === current),
        "aria-label": `Challenge ${k + 1}${ok ? ", done" : ""}`,
      });
    });
    const { tries } = progress[current];
    write(prompt, challenge.prompt);
    write(hint, tries >= HINT_AFTER && challenge.hint ? `Hint: ${challenge.hint}` : "");
    put(show, { hidden: tries < SHOW_AFTER || !challenge.solution });
  });

  // A try is a state in which the reader came to rest, other than the first one and one that was shown.
  figure.settled.push((state, numbers) => {
    const challenge = challenges[current];
    const [isMet] = verdict(state, numbers);
    const mine = progress[current];
    if (!same(state, last) && !same(state, figure.first) && !isWon) mine.tries++;
    last = state;
    if (isMet && isArmed && !isWon) {
      const { twice } = challenge;
      isWon = !twice || (found !== null && isAnother(state, numbers));
      if (twice) found ??= answer(state, numbers);
      if (isWon && !recall(challenge.id)) remember(challenge.id, { ...mine, tries: Math.max(1, mine.tries) });
    }
    figure.paint();
    return plain(feedback);
  });
};
