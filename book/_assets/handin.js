// A button that copies what stands in a field, and says so beside itself.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy]"))
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      const said = button.nextElementSibling;
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "Selected. Copy it with your keyboard.";
      }
    });
})();
