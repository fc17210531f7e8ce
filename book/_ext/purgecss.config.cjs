// Which rules of the joined style sheet a page can use: words in the pages and in their scripts,
// and these attributes, whose values scripts and the reader change. The figures put class names
// together from parts. Half of the custom properties and animations of the themes are not used. A
// test tells when a property is missing that some other sheet, page or script uses.
module.exports = {
  css: ["site.css"],
  content: ["../**/*.html", "**/*.js"],
  variables: true,
  keyframes: true,
  dynamicAttributes: [
    "data-theme", "data-mode", "data-bs-theme", "data-result", "data-bs-popper", "open", "hidden", "type", "title", "disabled",
    "id", "aria-expanded", "aria-label", "aria-current", "role",
  ],
  safelist: { standard: [":root", /^xent-/], greedy: [/::/] },
};
