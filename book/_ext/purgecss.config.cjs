// Which rules of the joined style sheet a page can use: words in the pages and in their scripts,
// and these attributes, whose values scripts and the reader change. The figures put class names
// together from parts.
module.exports = {
  css: ["site.css"],
  content: ["../**/*.html", "**/*.js"],
  dynamicAttributes: [
    "data-theme", "data-mode", "data-bs-theme", "data-result", "data-bs-popper", "open", "hidden", "type", "title", "disabled",
    "id", "aria-expanded", "aria-label", "aria-current", "role",
  ],
  safelist: { standard: [":root", /^xent-/], greedy: [/::/] },
};
