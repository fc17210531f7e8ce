// Marks on the page of challenges which of them this browser remembers as done, says how many questions
// of each quiz were answered, and writes the text that a student hands in.
(() => {
  "use strict";
  const goals = [...document.querySelectorAll("[data-goal]")];
  const report = document.getElementById("challenge-report");
  if (!report) return;

  // What a browser kept may be anybody's: other pages of this address write there too.
  const recall = ({ dataset }) => {
    const page = new URL(dataset.page, location.href).pathname;
    try {
      const result = JSON.parse(localStorage.getItem(`xent:done:${page}:${dataset.goal}`));
      return Number.isInteger(result?.tries) && result.tries > 0 ? result : null;
    } catch {
      return null;
    }
  };

  if (document.documentElement.dataset.storage === "none") {
    const said = document.createElement("div");
    said.className = "admonition predict";
    said.append("This browser keeps nothing for the book here, so what you reach is forgotten when you leave a page.");
    if (window !== top) {
      const link = Object.assign(document.createElement("a"), { href: location.href, target: "_blank", textContent: "Open the book in a tab of its own" });
      said.append(" It stands in another site's page, which may be why. ", link, " to have it remember.");
    }
    document.getElementById("challenge-count").parentElement.before(said);
  }

  const { recall: answered } = globalThis.xentAnswers;
  const bets = globalThis.xentBets;
  const tries = (n) => (n === 1 ? "1 try" : `${n} tries`);
  const places = [...document.querySelectorAll("[data-questions]")].map((place) => ({
    place,
    path: new URL(place.dataset.page, location.href).pathname,
    questions: JSON.parse(place.dataset.questions),
  }));
  const all = places.flatMap(({ path, questions }) => questions.map((question) => ({ ...question, path })));

  // Nothing is said of what nobody has tried.
  const questionLines = () => {
    const tried = all.map((question) => ({ ...question, ...answered(question.path, question.id) })).filter(({ tries }) => tries);
    if (!tried.length) return [];
    const lines = tried.map(
      ({ name, tries: n, right, told }) => `${name}: ${right ? "" : "not yet, "}${tries(n)}${told ? ", after a bet" : ""}`,
    );
    return [`Questions: ${tried.filter(({ right }) => right).length} of ${all.length} right`, ...lines];
  };
  const betLines = () => {
    const open = all.filter(({ many }) => many);
    const placed = open
      .map(({ name, path, id, many, right }) => ({ name, right, chips: bets.recall(path, id, many) }))
      .filter(({ chips }) => chips)
      .map((bet) => ({ ...bet, bits: bets.cost(bet.chips, bet.right) }));
    if (!placed.length) return [];
    const { paid, even } = bets.averages(placed);
    const sum = `Bets: ${placed.length} of ${open.length}; ${paid} bits per question; spread evenly ${even}`;
    return [sum, ...placed.map(({ name, bits }) => `${name}: bet, ${bets.shown(bits)} bits`)];
  };

  const show = () => {
    for (const { place, path, questions } of places) {
      const right = questions.filter(({ id }) => answered(path, id).right).length;
      place.textContent = `Questions of the quiz: ${right} of ${questions.length} right.`;
    }
    const lines = [];
    let done = 0;
    for (const goal of goals) {
      const result = recall(goal);
      goal.classList.toggle("is-done", Boolean(result));
      let mark = goal.querySelector(".goal-mark");
      if (!mark) goal.append((mark = Object.assign(document.createElement("span"), { className: "goal-mark" })));
      const shown = result?.shown ? ", after Show me" : "";
      mark.textContent = result ? ` ✓ done in ${tries(result.tries)}${shown}` : "";
      if (!result) continue;
      done++;
      lines.push(`${goal.dataset.name}: ${tries(result.tries)}${shown}`);
    }
    const count = `${done} of ${goals.length} challenges done`;
    document.getElementById("challenge-count").textContent = `${count}.`;
    const name = document.getElementById("challenge-name").value.trim();
    report.value = [`The Wrong Codebook: ${count}`, ...(name ? [`Name: ${name}`] : []), ...lines, ...questionLines(), ...betLines()].join("\n");
  };

  document.getElementById("challenge-name").addEventListener("input", show);

  // Everything that this browser keeps of this book: challenges, answers, bets, edited cells. Their keys hold the page's path.
  document.getElementById("challenge-forget").addEventListener("click", () => {
    if (!confirm("Forget all challenges, answers, bets and edited cells on this device? This cannot be undone.")) return;
    const book = new URL(".", location.href).pathname;
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith("xent:") && key.includes(`:${book}`)) localStorage.removeItem(key);
    } catch {
      // then nothing is kept
    }
    document.getElementById("challenge-name").value = "";
    document.getElementById("challenge-forgotten").textContent = "Forgotten.";
    show();
  });
  window.addEventListener("pageshow", show);
  show();
})();
