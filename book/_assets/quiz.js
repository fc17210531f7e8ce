// Judges the self-check questions that _ext/quiz.py writes as plain forms.
(() => {
  "use strict";
  const UNITS = [
    ["bits", /^b(its?)?$/i],
    ["nats", /^nats?$/i],
    ["hartleys", /^(hartleys?|dits?|bans?)$/i],
    ["bytes", /^bytes?$/i],
    ["kilobytes", /^(kilobytes?|kb)$/i],
    ["megabytes", /^(megabytes?|mb)$/i],
    ["%", /^(%|percent|per cent)$/i],
  ];
  // The unit that words begin with, whatever it is counted per.
  const unitOf = (words) => UNITS.find(([, written]) => written.test(words.split(/\s*\/\s*|\s+(?!cent)/)[0]))?.[0];

  // All the ways to write a sign, a space, a power or a fraction, as one.
  const plain = (text) =>
    text
      .replace(/[\u2010-\u2015\u2212\uFE63\uFF0D]/g, "-")
      .replace(/(\d*)\s*([¼-¾⅐-⅞])/g, (_, whole, part) => `(${whole || 0}+${part.normalize("NFKC")})`)
      .replace(/[⁰¹²³⁴-⁹⁻]+/g, (power) => `^(${power.normalize("NFKC").replace("\u2212", "-")})`)
      .replace(/[⁄∕÷]/g, "/")
      .replace(/\s+/g, " ")
      .replace(/(\d) ?[x×·⋅*] ?(?=\d)/g, "$1*")
      .replace(/\*\*/g, "^")
      .replace(/(?<![\d.,])(\d+) (\d\d?|\d{4,}) ?\/ ?(\d+)/g, "($1+$2/$3)")
      .trim()
      .replace(/^[=≈~] */, "")
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
      return digits(written.replace(/[.,]$/, ""), second) * (power ? Number(`1${power}`) : 1);
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
    const readings = [false, true].map((second) => evaluate(text, second)).filter(({ value }) => !Number.isNaN(value));
    if (!readings.length) return { text: "Type a number, such as 0.5, 0,5 or 1/2.", show: [] };
    const rest = readings[0].rest;
    const given = rest && unitOf(rest);
    const asked = unit && (unitOf(unit) ?? unit);
    if (rest && !given && !/^[a-z]/i.test(rest)) return { text: `Type a number: “${rest}” cannot be read.`, show: [] };
    if (rest && asked && given !== asked) return { text: `The answer is asked for in ${unit}, and yours ends in “${rest}”.`, show: [] };
    if (given && given !== "%" && !asked) return { text: `A plain number is asked for, and yours ends in “${rest}”.`, show: [] };
    const values = readings.map(({ value }) => (given === "%" && !asked ? value / 100 : value));
    const rightly = values.find((value) => near(value, exact(answer), Number(tolerance)));
    // Alike to about two digits, however small they are.
    const alike = (a, b) => near(a, b, 0.05 * Math.abs(b));
    const fits =
      ({ dataset }) =>
      (value) =>
        near(value, exact(dataset.value), Number(tolerance)) && alike(value, exact(dataset.value));
    // Two mistakes can be near each other: the nearer one is meant.
    const off = (f) => Math.min(...values.map((value) => Math.abs(value - exact(f.dataset.value)) || 0));
    const [said] = feedback.filter((f) => values.some(fits(f))).sort((a, b) => off(a) - off(b));
    const value = rightly ?? (said && values.find(fits(said))) ?? values[0];
    const number = text.slice(0, text.length - rest.length).trim();
    const usual = /^[+-]?\d*\.?\d*$/.test(number) && given !== "%";
    const [, decimals] = /^[+-]?\d*(?:[.,](\d{0,9}))?$/.exec(number) ?? [, null];
    const rounded = decimals === null ? NaN : Number(exact(answer).toFixed(decimals?.length ?? 0));
    if (rightly === undefined && !said && values.includes(rounded) && alike(rounded, exact(answer)))
      return { text: "Right as far as it goes. Give more digits.", show: [] };
    return {
      right: rightly !== undefined,
      show: rightly === undefined && said ? [said] : [],
      note: usual ? "" : ` Your answer is read as ${show(value)}.`,
    };
  };

  const judgeChoice = (inputs, feedback) => {
    const chosen = inputs.filter((i) => i.checked);
    if (!chosen.length) return { text: "Choose an answer first.", show: [] };
    const wrong = chosen.filter((i) => i.dataset.right === "0").length;
    const missing = inputs.filter((i) => i.dataset.right === "1" && !i.checked).length;
    const show = feedback.filter((f) => chosen.some((i) => i.value === f.dataset.for));
    const text = !wrong && missing ? `Right so far; ${missing === 1 ? "one is" : `${missing} are`} missing.` : undefined;
    return { right: !wrong && !missing, show, text };
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".quiz-form");
    if (!form) return;
    event.preventDefault();
    const inputs = [...form.querySelectorAll("input")];
    const feedback = [...form.querySelectorAll(".quiz-feedback")];
    const number = inputs[0].dataset.answer !== undefined;
    const { right, show, text, note = "" } = number ? judgeNumber(inputs[0], feedback) : judgeChoice(inputs, feedback);
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
