// Judges the self-check questions that _ext/quiz.py writes as plain forms.
(() => {
  "use strict";
  const UNITS = [
    ["bits", /^b(its?)?$/i],
    ["nats", /^nats?$/i],
    ["hartleys", /^(hartleys?|dits?|bans?)$/i],
    ["bytes", /^bytes?$/i],
    ["kilobytes", /^(k(ilo)?bytes?|kb)$/i],
    ["megabytes", /^(m(ega)?bytes?|mb)$/i],
    ["%", /^(%|percent|per cent)$/i],
  ];
  const SIZES = { thousand: 1e3, million: 1e6, billion: 1e9 };
  // The unit that words begin with, whatever it is counted per.
  const unitOf = (words) => UNITS.find(([, written]) => written.test(words.split(/\s*\/\s*|\s+(?!cent)/)[0]))?.[0];
  // What it is counted per, if that is a piece of text: a cost per token is not one per byte.
  const pieceOf = (words) => /(?:\/|\bper|\ba)\s*(byte|b(?=$)|token|char|word)/i.exec(words)?.[1].toLowerCase()[0];

  // All the ways to write a sign, a space, a power or a fraction, as one.
  const plain = (text) =>
    text
      .replace(/[\u2010-\u2015\u2212\uFE63\uFF0D]/g, "-")
      .replace(/(\d*)\s*([¼-¾⅐-⅞])/g, (_, whole, part) => `(${whole || 0}+${part.normalize("NFKC")})`)
      .replace(/[⁰¹²³⁴-⁹⁻]+/g, (power) => `^(${power.normalize("NFKC").replace("\u2212", "-")})`)
      .replace(/[⁄∕÷]/g, "/")
      .replace(/\s+/g, " ")
      .replace(/(\d) (?:in|out of|over) (?=\d)/gi, "$1/")
      .replace(/(\d) to the (?:power (?:of )?)?(?=[-\d])/gi, "$1^")
      .replace(/(\d) ?[x×·⋅*] ?(?=\d)/g, "$1*")
      .replace(/\*\*/g, "^")
      .replace(/\^\{([^{}]*)\}/g, "^($1)")
      .replace(/(?<![\d.,])(\d+) (\d\d?|\d{4,}) ?\/ ?(\d+)/g, "($1+$2/$3)")
      .trim()
      .replace(/^.*[=≈~] */, "") // of an equation, what it comes to
      .replace(/[.;]$/, "");

  // A comma before exactly three digits sets thousands apart, a point is a decimal point.
  // The second reading is the other way round. Spaces, ' and _ set thousands apart.
  const digits = (written, second) => {
    const marks = written.match(/[.,]/g) ?? [];
    const last = marks.at(-1);
    const cut = written.lastIndexOf(last);
    const three = /^[1-9]\d{0,2}[.,]\d{3}$/.test(written);
    const decimal = marks.length === 1 ? !three || (last === ".") !== second : marks.indexOf(last) === marks.length - 1;
    const [whole, part] = last && decimal ? [written.slice(0, cut), written.slice(cut + 1)] : [written, ""];
    const [first, ...thousands] = whole.split(/\D/);
    const alike = new Set(whole.match(/\D/g)).size < 2;
    const grouped = alike && /^\d{1,3}$/.test(first) && thousands.every((group) => group.length === 3);
    if ((thousands.length && !grouped) || /\D/.test(part)) return NaN;
    return Number(`${first}${thousands.join("")}.${part}`);
  };

  // The value of a sum of products of powers, and what is left of the text behind it.
  const evaluate = (text, second) => {
    let at = 0;
    const take = (pattern) => {
      const found = new RegExp(` ?(${pattern})`, "iy");
      found.lastIndex = at;
      const match = found.exec(text);
      if (match) at = found.lastIndex;
      return match?.[1];
    };
    const atom = () => {
      if (take("\\(")) {
        const value = sum();
        return take("\\)") ? value : NaN;
      }
      if (take("∞|infinity\\b|infinite\\b|inf\\b")) return Infinity;
      const written = take("\\d+(?:[ .,'’_]\\d+)*[.,]?|[.,]\\d+");
      if (written === undefined) return NaN;
      const power = take("e[+-]?\\d+");
      const size = SIZES[take("(?:thousand|million|billion)\\b")?.toLowerCase()] ?? 1;
      return digits(written.replace(/[.,]$/, ""), second) * (power ? Number(`1${power}`) : 1) * size;
    };
    const sign = () => (take("-") ? -1 : (take("\\+"), 1));
    const power = () => {
      const base = atom();
      return take("\\^") ? base ** (sign() * power()) : base;
    };
    const product = () => {
      let value = power();
      for (let by; (by = take("[*/]")); ) value = by === "*" ? value * power() : value / power();
      return value;
    };
    const sum = () => {
      let value = sign() * product();
      for (let by; (by = take("[+-]")); ) value += by === "+" ? product() : -product();
      return value;
    };
    return { value: sum(), rest: text.slice(at).trim() };
  };

  const exact = (written) => (/^-?inf$/.test(written) ? Number(written.replace("inf", "Infinity")) : Number(written));
  const near = (a, b, tolerance) => a === b || Math.abs(a - b) <= tolerance * (1 + 1e-9);
  const show = (value) => {
    if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
    const rounded = Number(value.toPrecision(6));
    const large = Number.isInteger(value) && Math.abs(value) < 1e15;
    return large ? value.toLocaleString("en-US").replace("-", "−") : String(rounded).replace("-", "−");
  };

  const judgeNumber = (input, feedback) => {
    const { answer, tolerance, unit } = input.dataset;
    const text = plain(input.value);
    const read = [false, true].map((second) => evaluate(text, second)).filter(({ value }) => !Number.isNaN(value));
    // 2^-1.585 is no 2^-1585: what only one reading takes for 0 or ∞ is meant as in the other.
    const inside = read.filter(({ value }) => value && Number.isFinite(value));
    const readings = inside.length ? inside : read;
    if (!readings.length) return { text: "Type a number, such as 0.5, 0,5 or 1/2.", show: [] };
    const rest = readings[0].rest;
    const written = rest.replace(/^bpb$/i, "bits per byte");
    const given = rest && unitOf(written);
    const asked = unit && (unitOf(unit) ?? unit);
    // Words such as "things" change nothing, but "1 of the 8" is not 1.
    const word = /^(?!log|ln|exp|sqrt|(?:pi|e)\b)[a-z]\D*$/i.test(rest);
    if (rest && !given && !word) return { text: `Type a number: “${rest}” cannot be read.`, show: [] };
    const [per, askedPer] = [pieceOf(written), pieceOf(unit ?? "")];
    const fitting = given === asked && (!per || !askedPer || per === askedPer);
    if (rest && asked && !fitting) return { text: `The answer is asked for in ${unit}, and yours ends in “${rest}”.`, show: [] };
    if (given && given !== "%" && !asked) return { text: `A plain number is asked for, and yours ends in “${rest}”.`, show: [] };
    const values = [...new Set(readings.map(({ value }) => (given === "%" && !asked ? value / 100 : value)))];
    const rightly = values.find((value) => near(value, exact(answer), Number(tolerance)));
    // Alike to about two digits, however small they are.
    const alike = (a, b, share = 0.05) => near(a, b, share * Math.abs(b));
    const fits =
      ({ dataset }) =>
      (value) =>
        near(value, exact(dataset.value), Number(tolerance)) && alike(value, exact(dataset.value));
    const number = text.slice(0, text.length - rest.length).trim();
    const usual = /^[+-]?\d*\.?\d*$/.test(number) && given !== "%";
    const [, decimals] = /^[+-]?\d*(?:[.,](\d{0,9}))?$/.exec(number) ?? [, null];
    // Half a unit of the last digit either way, as 0.125 is 0.13 to some and 0.12 to Python; a decimal fraction of
    // two digits or more may be cut off as well, and then a mistake is known by them, too, if it is the only one.
    const last = 10 ** -(decimals?.length ?? 0) * (given === "%" && !asked ? 0.01 : 1);
    // Two mistakes can be near each other: the nearer one is meant, in the first reading that names any. If what is typed
    // may be either of them rounded, neither is.
    const off = (value, f) => Math.abs(value - exact(f.dataset.value)) || 0;
    const [exactly] = values.flatMap((value) => {
      const [f, other] = feedback.filter((f) => fits(f)(value)).sort((a, b) => off(value, a) - off(value, b));
      const isEither = other && decimals !== null && off(value, f) > 1e-9 && near(value, exact(other.dataset.value), last / 2);
      return f && !isEither ? [{ value, f }] : [];
    });
    const long = decimals && /[1-9]\D?\d/.test(number);
    const shortens = (target, share) => (value) =>
      (near(value, target, last / 2) || (long && Math.abs(value) <= Math.abs(target) && near(value, target, last))) &&
      alike(value, target, share);
    if (rightly === undefined && !exactly && decimals !== null && values.some(shortens(exact(answer), 0.1)))
      return { text: "Right as far as it goes. Give more digits.", show: [] };
    const nearly = values.flatMap((value) =>
      feedback.filter(({ dataset }) => long && shortens(exact(dataset.value), 0.05)(value)).map((f) => ({ value, f })),
    );
    const mistake = exactly ?? (nearly.length === 1 ? nearly[0] : undefined);
    const value = rightly ?? mistake?.value ?? values[0];
    return {
      right: rightly !== undefined,
      answer: String(value),
      show: rightly === undefined && mistake ? [mistake.f] : [],
      note: usual && value === values[0] ? "" : ` Your answer is read as ${show(value)}.`,
    };
  };

  const judgeChoice = (inputs, feedback) => {
    const chosen = inputs.filter((i) => i.checked);
    if (!chosen.length) return { text: "Choose an answer first.", show: [] };
    const wrong = chosen.filter((i) => i.dataset.right === "0").length;
    const missing = inputs.filter((i) => i.dataset.right === "1" && !i.checked).length;
    const show = feedback.filter((f) => chosen.some((i) => i.value === f.dataset.for));
    const text = !wrong && missing ? `Right so far; ${missing === 1 ? "one is" : `${missing} are`} missing.` : undefined;
    return { right: !wrong && !missing, answer: chosen.map((i) => i.value).join(), show, text };
  };

  // ---- what is remembered: how many answers a reader gave until one was right

  // Storage is a courtesy, which a browser may refuse, and what it kept may be anybody's: read like any input.
  const load = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const store = (key, value) => {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };
  const answeredKey = (path, id) => `xent:quiz:${path}:${id}`;
  const NEVER = { tries: 0, given: [], right: false, bet: false, told: false };
  const answered = (path, id) => {
    const { tries, given, right, bet, told } = load(answeredKey(path, id)) ?? NEVER;
    if (!Number.isInteger(tries) || tries < 0) return NEVER;
    const answers = Array.isArray(given) ? given : [];
    return { tries, given: answers, right: right === true && tries > 0, bet: bet === true, told: told === true };
  };
  // After the right answer nothing counts any more.
  const count = (form, change) => {
    const id = form.querySelector("input:not([type=range])").name;
    const before = answered(location.pathname, id);
    if (!before.right) store(answeredKey(location.pathname, id), { ...before, ...change(before) });
  };
  // The same answer once more is no other try, however it is written.
  const countTry = (form, answer, right) =>
    count(form, ({ tries, given, bet }) =>
      given.includes(answer) && !right ? {} : { tries: tries + 1, given: [...given, answer], right, told: bet },
    );
  // A bet tells the answer to whoever tries afterwards.
  const countBet = (form) => count(form, () => ({ bet: true }));
  globalThis.xentAnswers = { recall: answered };

  // ---- bets: a single choice answered with a hundred chips, spread over its options

  const CHIPS = 100;
  const keyOf = (path, id) => `xent:bet:${path}:${id}`;
  const isBet = (chips, many) =>
    Array.isArray(chips) &&
    chips.length === many &&
    chips.every((chip) => Number.isInteger(chip) && chip >= 0) &&
    chips.reduce((a, b) => a + b, 0) === CHIPS;

  const recall = (path, id, many) => {
    const chips = load(keyOf(path, id));
    return isBet(chips, many) ? chips : null;
  };
  const remember = (path, id, chips) =>
    store(keyOf(path, id), chips) && document.documentElement.dataset.storage !== "none"; // as layout.html finds out
  const forget = (path, id) => {
    try {
      localStorage.removeItem(keyOf(path, id));
    } catch {
      // then there is nothing to forget
    }
  };
  // What a bet costs, in bits, once the answer is known.
  const cost = (chips, right) => Math.log2(CHIPS / chips[right]);
  const shown = (bits) => (bits === Infinity ? "∞" : bits.toFixed(2));
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  // What some bets cost on average, and what chips spread evenly would have cost, as they are shown.
  const averages = (bets) => ({
    paid: shown(mean(bets.map(({ bits }) => bits))),
    even: shown(mean(bets.map(({ chips }) => Math.log2(chips.length)))),
  });
  globalThis.xentBets = { recall, forget, cost, shown, mean, averages };

  const element = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const chipsOf = (form) => [...form.querySelectorAll(".quiz-stake input")].map(({ value }) => Number(value));
  const chipsIn = (n) => (n === 1 ? "1 chip" : `${n} chips`);

  // The reader learns from a tick, right or wrong: what is bet afterwards is worth nothing, and not kept.
  const judgeBet = (form, inputs, feedback) => {
    const chips = chipsOf(form);
    const left = CHIPS - chips.reduce((a, b) => a + b, 0);
    if (left) return { text: `Place the other ${chipsIn(left)} first.`, show: [] };
    const right = inputs.findIndex(({ dataset }) => dataset.right === "1");
    const id = inputs[0].name;
    const bits = cost(chips, right).toFixed(2);
    const even = Math.log2(chips.length).toFixed(2);
    const bill =
      {
        0: "You put no chip on the right answer. That costs ∞ bits, infinitely many: you had no word for what came.",
        [CHIPS]: "You put all 100 chips on the right answer. It costs you 0 bits.",
      }[chips[right]] ??
      `You put ${chips[right]} of 100 chips on the right answer. That costs log₂ 100/${chips[right]} = ${bits} bits. Chips spread evenly cost ${even}.`;
    const kept = recall(location.pathname, id, chips.length)
      ? "Your first bet stays on your bill."
      : "told" in form.dataset || answered(location.pathname, id).tries > 0
        ? "It is not on your bill: you had answered before."
        : remember(location.pathname, id, chips)
          ? "It is on your bill."
          : "Your browser keeps nothing, so it is not on your bill.";
    const show = feedback.filter((f, k) => chips[k] > 0 || k === right);
    return { text: `${bill} ${kept}`, show };
  };

  // Sliders in the place of the circles. A chip that is not left cannot be placed.
  const layOut = (form, inputs) => {
    const left = element("p", { class: "quiz-left" });
    const sliders = inputs.map((input) => {
      const words = input.getAttribute("aria-label") ?? input.nextElementSibling.textContent.trim();
      const slider = element("input", { type: "range", min: 0, max: CHIPS, value: 0, "aria-label": `Chips on: ${words}` });
      const value = element("span", { class: "quiz-chips" });
      input.closest("label").after(element("div", { class: "quiz-stake" }, slider, value));
      return { slider, value };
    });
    const total = () => chipsOf(form).reduce((a, b) => a + b, 0);
    const write = () => {
      const rest = CHIPS - total();
      // Which chips were missing is no longer so.
      if (!("result" in form.dataset)) form.querySelector(".quiz-verdict").hidden = true;
      spread.ariaDisabled = rest ? null : "true"; // not `disabled`: that would lose the focus
      left.textContent = rest ? `${chipsIn(rest)} left to place.` : "All 100 chips are placed.";
      for (const { slider, value } of sliders) {
        value.textContent = slider.value;
        slider.setAttribute("aria-valuetext", `${chipsIn(Number(slider.value))}, ${rest} left`);
      }
    };
    for (const { slider } of sliders)
      slider.addEventListener("input", () => {
        slider.value = Math.min(Number(slider.value), Number(slider.value) + CHIPS - total());
        write();
      });
    const spread = element("button", { type: "button", class: "quiz-more" }, "Spread what is left");
    spread.addEventListener("click", () => {
      const rest = CHIPS - total();
      sliders.forEach(({ slider }, k) => {
        const share = Math.floor(rest / sliders.length) + (k < rest % sliders.length);
        slider.value = Number(slider.value) + share;
      });
      write();
    });
    const link = element("a", { href: "bill.html" }, "your bill");
    const rule = element(
      "p",
      { class: "quiz-rule" },
      "Spread 100 chips over the options, as you believe in them. What you pay is log₂ of 100 over the chips on the right answer, in bits. The first bet on a question goes on ",
      link,
      ", in this browser alone.",
    );
    write();
    return [rule, element("div", { class: "quiz-pool" }, left, spread)];
  };

  for (const form of document.querySelectorAll(".quiz-form:has(input[type=radio])")) {
    const inputs = [...form.querySelectorAll("input")];
    const check = form.querySelector(".quiz-check");
    const group = form.querySelector("[role=radiogroup]");
    const toggle = element("button", { type: "button", class: "quiz-more" }, "Bet instead");
    let table; // what is there for bets alone
    toggle.addEventListener("click", () => {
      const isBet = form.toggleAttribute("data-bet");
      if (!table) {
        table = layOut(form, inputs);
        form.querySelector(".quiz-option").before(table[0]);
        check.before(table[1]);
      }
      for (const part of table) part.hidden = !isBet;
      for (const stake of form.querySelectorAll(".quiz-stake")) stake.hidden = !isBet;
      for (const input of inputs) input.disabled = isBet;
      group.setAttribute("role", isBet ? "group" : "radiogroup");
      toggle.textContent = isBet ? "Tick instead" : "Bet instead";
      check.textContent = isBet ? "Place the bet" : "Check";
      for (const f of form.querySelectorAll(".quiz-feedback, .quiz-verdict")) f.hidden = true;
      delete form.dataset.result;
    });
    check.after(" ", toggle);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".quiz-form");
    if (!form) return;
    event.preventDefault();
    const inputs = [...form.querySelectorAll("input:not([type=range])")];
    const feedback = [...form.querySelectorAll(".quiz-feedback")];
    const number = inputs[0].dataset.answer !== undefined;
    const isBet = form.hasAttribute("data-bet");
    const { right, answer, show, text, note = "" } = number
      ? judgeNumber(inputs[0], feedback)
      : isBet
        ? judgeBet(form, inputs, feedback)
        : judgeChoice(inputs, feedback);
    if (show.length) form.dataset.told = "";
    if (isBet && show.length) countBet(form);
    else if (right !== undefined) countTry(form, answer, right);
    const verdict = form.querySelector(".quiz-verdict");
    const button = form.querySelector("[type=submit]");
    const top = button.getBoundingClientRect().top;
    if (right === undefined) delete form.dataset.result;
    else form.dataset.result = right ? "right" : "wrong";
    verdict.hidden = false;
    verdict.textContent = (right ? "✓ Right." : (text ?? "✗ Not yet.")) + note;
    for (const f of feedback) f.hidden = !show.includes(f);
    // What opens above the button must not push it from under the finger, nor the verdict off the screen.
    scrollBy({ top: button.getBoundingClientRect().top - top, behavior: "instant" });
    verdict.scrollIntoView({ block: "nearest", behavior: "instant" });
  });
})();
