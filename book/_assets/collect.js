// The teacher's table: reads pasted reports, as the page of challenges (goals.js) and the bill write them, and shows who
// did what. All of it happens in this page.
(() => {
  "use strict";
  const by = (id) => document.getElementById(id);
  const box = by("collect-text");
  if (!box) return;
  document.querySelector(".report").previousElementSibling.hidden = true;

  const HEAD = /^The Wrong Codebook\b/;
  // A copied report ends without a line break, so the next one may have been pasted right behind its last word; and mail
  // has words before it. A student may bear the book's name. A bill may have a full stop or thanks behind it.
  const GLUED = /(?<!The Wrong Codebook; )(?=The Wrong Codebook(?:: |; |; .*; )\d+ of \d+ )|(?<=; spread evenly \d+\.\d\d)(?![.,]?\w)/;
  const DONE = /^The Wrong Codebook: (\d+) of (\d+) challenges done$/;
  const LINE = /^((?:Fig\. \d+\.\d+|Chapter \d+), challenge \d+): (\d+) (?:try|tries)(, after Show me)?$/;
  const NAME = /^Name:/;
  const QUESTIONS = /^Questions: (\d+) of \d+ right$/;
  const QUESTION = /^(Chapter \d+, question \d+): (not yet, )?(\d+) (?:try|tries)(, after a bet)?$/;
  const SUM = /^Bets: (\d+) of \d+; (\d+\.\d+|∞) bits per question; spread evenly (\d+\.\d+)$/;
  const BET = /^Chapter \d+, question \d+: bet, (?:\d+\.\d+|∞) bits$/;
  // The lines of a report, in their order: one of the first kind, any number of the second, one of the third, and so on.
  const ORDER = [NAME, LINE, QUESTIONS, QUESTION, SUM, BET];
  const BETS = /^The Wrong Codebook; (?:(.*); )?(\d+) of \d+ bets; (\d+\.\d+|∞) bits per question; spread evenly (\d+\.\d+)$/;

  // One student from each name; a report takes the place of an earlier report, and a bill of an earlier bill. Where the
  // two differ, the later counts. The teacher is told: it may be two students with one name.
  const read = (text) => {
    const handedIn = new Map();
    const again = new Set();
    const unread = [];
    let nameless = 0;
    let open = null;
    let next = 0; // the place in ORDER before which nothing of the open report can come
    const add = (name, found) => {
      const key = name || `(no name, ${++nameless})`;
      const id = key.normalize("NFKC").toLowerCase();
      const pieces = handedIn.get(id) ?? new Map();
      const piece = found.goals ? "report" : "bill";
      if (pieces.delete(piece)) again.add(id);
      const others = [...pieces.values()].filter(({ bets }) => bets !== undefined && found.bets !== undefined);
      if (others.some(({ bets, bits, even }) => bets !== found.bets || bits !== found.bits || even !== found.even)) again.add(id);
      handedIn.set(id, pieces.set(piece, { name: key, ...found }));
    };
    const close = () => {
      if (open) {
        const { name, ...found } = open;
        add(name, found);
      }
      open = null;
    };
    const take = (part, at) => {
      const line = part.trim();
      const [done, goal, questions, question, sum, bets] = [DONE, LINE, QUESTIONS, QUESTION, SUM, BETS].map((pattern) => pattern.exec(line));
      if (!line) return;
      // A line out of order is another student's, whose first line got lost.
      const place = ORDER.findIndex((pattern) => pattern.test(line));
      if (HEAD.test(line) || (place >= 0 && place < next)) close();
      if (done) next = 0;
      else if (place >= 0) next = place % 2 ? place : place + 1;
      if (bets) add(bets[1], { bets: Number(bets[2]), bits: bets[3], even: bets[4] });
      else if (done) open = { name: "", goals: new Map(), questions: new Map(), promised: Number(done[1]) };
      else if (open && NAME.test(line)) open.name = line.slice(5).trim();
      else if (open && goal) open.goals.set(goal[1], { tries: Number(goal[2]), shown: Boolean(goal[3]) });
      else if (open && question)
        open.questions.set(question[1], { right: !question[2], tries: Number(question[3]), shown: Boolean(question[4]) });
      else if (open && sum) Object.assign(open, { bets: Number(sum[1]), bits: sum[2], even: sum[3] });
      else if (open && questions) open.claimed = Number(questions[1]);
      else if (open && BET.test(line)) return;
      else if (!/[\p{L}\p{N}]/u.test(line)) return; // quotation marks, a full stop, a rule
      else if (unread.at(-1)?.at === at + 1) unread.at(-1).line += ` … ${line}`;
      else unread.push({ at: at + 1, line });
    };
    // Mail makes some spaces others, and a name may have been typed with two.
    const lines = text.split(/\r\n?|\n/).map((raw) => raw.replace(/\s+/g, " ").replace(/^[> ]+/, "").trim());
    lines.forEach((line, at) => {
      const parts = line.split(GLUED);
      // Mail breaks long lines, and the bill's is long: with the names of a group in it, it may be broken twice.
      const last = parts.at(-1);
      const below = (n) => lines.slice(at + 1, at + 1 + n);
      const joined = (n) => [last, ...below(n)].join(" ").split(GLUED);
      const torn = HEAD.test(last) && !BETS.test(last);
      const more = torn && [1, 2].find((n) => BETS.test(joined(n)[0]) && !below(n).some((lower) => HEAD.test(lower)));
      if (more) {
        const [whole, ...after] = joined(more);
        parts.splice(-1, 1, whole);
        lines.fill("", at + 1, at + more);
        lines[at + more] = after.join("");
      }
      parts.forEach((part) => take(part, at));
    });
    close();
    const students = new Map([...handedIn].map(([id, pieces]) => [id, Object.assign({}, ...pieces.values())]));
    return { students: [...students.values()], again: [...again].map((id) => students.get(id).name), unread };
  };

  const sortable = (name) => name.match(/\d+/g).map((number) => number.padStart(3, "0")).join(".");
  const namesOf = (what) =>
    [...new Set(students.flatMap((student) => [...(student[what]?.keys() ?? [])]))].sort((a, b) => (sortable(a) < sortable(b) ? -1 : 1));
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  };

  const summary = ({ name, goals, questions, bets, bits, even, promised, claimed }) => {
    const results = [...(goals?.values() ?? [])];
    const answers = [...(questions?.values() ?? [])];
    const right = answers.filter((answer) => answer.right).length;
    const count = (found, said) => (said === undefined || said === found ? found : `${found} (the report says ${said})`);
    return [
      name,
      goals ? count(results.length, promised) : "",
      goals ? sum(results.map(({ tries }) => tries)) : "",
      goals ? results.filter(({ shown }) => shown).length : "",
      questions ? count(right, claimed) : "",
      questions ? sum(answers.map(({ tries }) => tries)) : "",
      bets ?? "",
      bits ?? "",
      even ?? "",
    ];
  };
  const HEADS = ["Name", "Challenges", "Tries", "After Show me", "Questions right", "Tries at questions", "Bets", "Bits per question", "Spread evenly"];

  const fill = (table, caption, heads, rows) => {
    const cell = (tag, text, scope) => {
      const made = document.createElement(tag);
      made.textContent = String(text);
      if (scope) made.scope = scope;
      return made;
    };
    const row = (cells) => {
      const made = document.createElement("tr");
      made.append(...cells);
      return made;
    };
    table.replaceChildren();
    table.createCaption().textContent = caption;
    table.createTHead().append(row(heads.map((text) => cell("th", text, "col"))));
    table.createTBody().append(
      ...rows.map(([first, ...rest]) => row([cell("th", first, "row"), ...rest.map((text) => cell("td", text))])),
    );
  };

  // A spreadsheet takes a cell that begins with one of these for a formula, and a student types the name.
  const safe = (value) => {
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };

  let students = [];
  const show = () => {
    const { students: found, again, unread } = read(box.value);
    students = found.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    by("collect-tables").hidden = !students.length;
    const numbers = unread.slice(0, 5).map(({ at }) => at).join(", ");
    const lines = unread.length > 5 ? `${numbers} and ${unread.length - 5} more` : numbers;
    // The box has no line numbers to look for.
    const first = unread.length ? `“${unread[0].line.slice(0, 60)}${unread[0].line.length > 60 ? "…" : ""}”` : "";
    const rest = unread.length ? ` Not understood: line${unread.length > 1 ? `s ${lines}; the first is` : ` ${lines},`} ${first}.` : "";
    const last = again.length ? ` Handed in more than once under one name, the last counts: ${again.join(", ")}.` : "";
    by("collect-said").textContent = box.value.trim() ? `${students.length} student${students.length === 1 ? "" : "s"}.${last}${rest}` : "";
    fill(by("collect-students"), "Who did what", HEADS, students.map(summary));
    const hard = (what) =>
      namesOf(what).map((name) => {
        const tried = students.map((student) => student[what]?.get(name)).filter(Boolean);
        const reached = tried.filter(({ right }) => right !== false);
        const shown = reached.filter((result) => result.shown).length;
        return [name, reached.length, reached.length ? median(reached.map(({ tries }) => tries)) : "–", shown];
      });
    fill(by("collect-challenges"), "Challenges", ["Challenge", "Reached by", "Median tries", "After Show me"], hard("goals"));
    fill(by("collect-questions"), "Questions", ["Question", "Right by", "Median tries", "After a bet"], hard("questions"));
  };

  const csv = () => {
    const [goals, questions] = [namesOf("goals"), namesOf("questions")];
    const triesAt = (results, name) => {
      const { right = true, tries = "" } = results?.get(name) ?? {};
      return right ? tries : `not in ${tries}`;
    };
    const rows = students.map((student) => [
      ...summary(student),
      ...goals.map((name) => triesAt(student.goals, name)),
      ...questions.map((name) => triesAt(student.questions, name)),
    ]);
    return [[...HEADS, ...goals, ...questions], ...rows].map((row) => row.map(safe).join(",")).join("\r\n") + "\r\n";
  };

  // Some editors save in UTF-16, which begins with a mark, and some in the old Western code.
  const decoded = async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const wide = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2)];
    if (wide) return new TextDecoder(wide).decode(bytes);
    if (bytes.includes(0)) return null; // a document or a picture
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  };
  const add = async (list) => {
    const files = [...list]; // the input's own list is emptied while its files are read
    const texts = await Promise.all(files.map(decoded));
    box.value = [box.value.trim(), ...texts].filter(Boolean).join("\n\n");
    show();
    const odd = files.filter((_, k) => texts[k] === null).map(({ name }) => name);
    if (odd.length) by("collect-said").append(` Not plain text, so not taken: ${odd.join(", ")}. Copy what it says into the box.`);
  };

  box.addEventListener("input", show);
  by("collect-files").addEventListener("change", ({ target }) => {
    add(target.files);
    target.value = ""; // the same file chosen again would be no change
  });
  // Anywhere on the page: a browser would open a file that misses the box, and everything in the box would be lost.
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  by("collect-save").addEventListener("click", () => {
    // The mark at the start tells spreadsheets that the names are in UTF-8.
    const address = URL.createObjectURL(new Blob(["\uFEFF", csv()], { type: "text/csv" }));
    Object.assign(document.createElement("a"), { href: address, download: "challenges.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  });
  show();
})();
