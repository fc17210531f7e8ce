// Lets the keyboard scroll code, output and tables that are wider than the page, where a browser does not do
// so by itself. A box is measured when it has a size, which is when the reader has come near it.
(() => {
  "use strict";
  const isCut = ({ target: box }) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  const watch = new ResizeObserver((entries) => {
    const cut = entries.map(isCut); // measure all, then write: each write would have the next laid out anew
    entries.forEach(({ target: box }, i) => (cut[i] ? (box.tabIndex = 0) : box.removeAttribute("tabindex")));
  });
  const boxes = "pre, .cell_output > .output, .pst-scrollable-table-container";
  for (const box of document.querySelectorAll(boxes)) watch.observe(box);
})();
