// Copies each formula once: as TeX where text is wanted, as MathML where the other program can read it.
(() => {
  "use strict";
  const formulaOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".katex");

  // The text as it is read, with its lines: only what is on the page has any.
  const textOf = (fragment) => {
    const box = document.createElement("div");
    box.style.cssText = "position: fixed; opacity: 0; pointer-events: none";
    box.append(fragment);
    document.body.append(box);
    const text = box.innerText;
    box.remove();
    return text;
  };

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0).cloneRange();
    // Half a formula is no formula.
    const [first, last] = [formulaOf(range.startContainer), formulaOf(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const copied = range.cloneContents();
    if (!copied.querySelector(".katex")) return;
    for (const drawn of copied.querySelectorAll(".katex-html")) drawn.remove();
    const html = document.createElement("div");
    html.append(copied.cloneNode(true));
    for (const formula of copied.querySelectorAll(".katex")) {
      const tex = formula.querySelector("annotation").textContent;
      const isDisplayed = formula.querySelector("math").getAttribute("display") === "block";
      if (!isDisplayed) formula.replaceWith(`$${tex}$`);
      else formula.replaceWith(Object.assign(document.createElement("span"), { innerText: `$$${tex}$$` })); // with its lines
    }
    event.clipboardData.setData("text/plain", textOf(copied));
    event.clipboardData.setData("text/html", html.innerHTML);
    event.preventDefault();
  });
})();
