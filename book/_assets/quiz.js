// Judges the self-check questions that _ext/quiz.py writes as plain forms.
(() => {
  "use strict";
  // 0,5 and 0.5, −1 and -1, 3/4, ∞
  const parse = (text) => {
    const plain = text.trim().replace(/,/g, ".").replace(/−/g, "-");
    if (/^[+-]?(∞|inf(inity)?)$/i.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
    const [top, bottom, ...rest] = plain.split("/");
    if (plain === "" || rest.length || bottom?.trim() === "") return NaN;
    return Number(top) / (bottom === undefined ? 1 : Number(bottom));
  };
  const near = (a, b, tolerance) => a === b || Math.abs(a - b) <= tolerance * (1 + 1e-9);

  const judgeNumber = (input, feedback) => {
    const value = parse(input.value);
    if (Number.isNaN(value)) return { text: "Type a number, such as 0.5, 0,5 or 1/2.", show: [] };
    const tolerance = Number(input.dataset.tolerance);
    const right = near(value, parse(input.dataset.answer), tolerance);
    const show = right ? [] : feedback.filter((f) => near(value, parse(f.dataset.value), tolerance)).slice(0, 1);
    return { right, show };
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
    const { right, show, text } = number ? judgeNumber(inputs[0], feedback) : judgeChoice(inputs, feedback);
    const verdict = form.querySelector(".quiz-verdict");
    if (right === undefined) delete form.dataset.result;
    else form.dataset.result = right ? "right" : "wrong";
    verdict.hidden = false;
    verdict.textContent = right ? "✓ Right." : (text ?? "✗ Not yet.");
    for (const f of feedback) f.hidden = !show.includes(f);
  });
})();
