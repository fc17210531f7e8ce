// Goals for the reader, judged by the figure itself. The trait `challenges` holds a list of
//   id        names it in what the browser remembers
//   prompt    what to do
//   all       conditions on the figure's numbers, all to be met: {measure, op, value, tolerance};
//             op is one of == < <= > >=, and value a number or the name of another measure
//   locked    state that has to stay as it was (optional)
//   twice     {key, by}: to be met by two states whose `key` differs by that much (optional)
//   hint      said after a few tries (optional)
//   solution  a state that meets it, for "Show me"
import { clamp, fill, fmt, formula, h, plain, put, write } from "./ui.js";

const HINT_AFTER = 3;
const SHOW_AFTER = 6;

// Storage is a courtesy: a browser may refuse it, and then a goal is remembered until the page is left.
// It is slow, too: what it holds is read once.
const kept = new Map();
const keyOf = (id) => `xent:done:${location.pathname}:${id}`;
const recall = (id) => {
  if (!kept.has(id))
    try {
      kept.set(id, JSON.parse(localStorage.getItem(keyOf(id))));
    } catch {
      kept.set(id, null);
    }
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
const far = (a, b, by) => flat(a).some((x, k) => Math.abs(x - flat(b)[k]) >= by);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// What keeps a condition from being met, or null.
const missing = ({ measure, op, value, tolerance = 1e-9 }, numbers, names) => {
  for (const name of [measure, value])
    if (typeof name === "string" && !(name in numbers))
      throw new Error(`challenge: no measure ${name}; there are ${Object.keys(numbers).join(", ")}`);
  const has = numbers[measure];
  const wanted = typeof value === "string" ? numbers[value] : value;
  const met = {
    "==": has === wanted || Math.abs(has - wanted) <= tolerance,
    "<": has < wanted,
    "<=": has <= wanted + tolerance,
    ">": has > wanted,
    ">=": has >= wanted - tolerance,
  }[op];
  if (met) return null;
  const digits = clamp(Math.ceil(-Math.log10(tolerance)) + 1, 2, 4);
  const short = (x) => fmt(x, digits).replace(/\.?0+$/, "");
  const [is, target] = [short(has), short(wanted)];
  const name = names[measure] ?? `the ${measure.replaceAll("-", " ")}`;
  const bound = { "<": "below ", "<=": "at most ", ">": "above ", ">=": "at least " }[op];
  if (bound) return `${name} is ${is} and should be ${bound}${target}`;
  if (!Number.isFinite(has - wanted)) return `${name} is ${is} and should be ${target}`;
  return `${name} is ${is}: ${short(Math.abs(has - wanted))} ${has < wanted ? "too low" : "too high"}`;
};

export const addChallenges = (figure, challenges) => {
  if (!challenges?.length) return;
  let current = Math.max(
    0,
    challenges.findIndex(({ id }) => !recall(id)),
  );
  let tries = 0;
  let armed = false; // a goal that is met when it is chosen, or by "Show me", is not yet reached
  let won = false;
  let first = null; // for a goal to be met twice
  let last = figure.first; // the state that was judged last, or in which the challenge was chosen
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
    armed = false;
    figure.glide();
    figure.set({ ...figure.first, ...challenges[current].solution });
  });
  figure.root.append(
    h(
      "div",
      { class: "xent-challenges", role: "group", "aria-label": "Challenges" },
      h("div", { class: "xent-buttons" }, h("strong", {}, "Challenge"), ...tabs),
      prompt,
      told,
      hint,
      show,
    ),
  );

  const choose = (k) => {
    [current, tries, armed, won, first, last] = [k, 0, false, false, null, figure.state()];
    figure.repaint();
  };

  // -> [whether the goal is reached, what to tell]
  const judge = (state, numbers) => {
    const { all, locked = [], twice } = challenges[current];
    const moved = locked.filter((key) => !same(state[key], figure.first[key]));
    if (moved.length) return [false, `${moved.join(" and ")} should stay as it was: Reset puts it back.`];
    const open = all.map((condition) => missing(condition, numbers, figure.names)).filter(Boolean);
    if (open.length) return [false, `${open.join("; ")}.`];
    if (!twice) return [true, ""];
    if (!first) {
      if (armed) first = state[twice.key];
      return [false, "That is one. Now another one, far from it."];
    }
    return [far(first, state[twice.key], twice.by), "That is one. Now another one, far from it."];
  };

  figure.painters.push((state, numbers) => {
    const challenge = challenges[current];
    const [reached, words] = judge(state, numbers);
    if (reached && armed && !won) remember(challenge.id, { tries: tries + 1 });
    won = reached && armed;
    armed ||= !reached;
    const done = recall(challenge.id);
    feedback = won ? "Reached." : reached ? "This is one way. Now leave it, and find your own." : words;
    const before = !won && done ? [" ", h("span", { class: "xent-done" }, "You have done this one.")] : [];
    fill(told, `${before.length} ${feedback}`, () => [...formula(feedback), ...before]);
    put(told, { "data-reached": won });
    tabs.forEach((tab, k) => {
      const ok = Boolean(recall(challenges[k].id));
      put(tab, {
        text: ok ? `${k + 1} ✓` : String(k + 1),
        "aria-pressed": String(k === current),
        "aria-label": `Challenge ${k + 1}${ok ? ", done" : ""}`,
      });
    });
    write(prompt, challenge.prompt);
    write(hint, tries >= HINT_AFTER && challenge.hint ? `Hint: ${challenge.hint}` : "");
    show.hidden = tries < SHOW_AFTER || !challenge.solution;
  });

  // A try is a state in which the reader let go without having reached the goal.
  figure.settled.push(() => {
    const state = figure.state();
    if (!same(state, last) && !won) tries++;
    last = state;
    figure.repaint();
    return plain(feedback);
  });
};
