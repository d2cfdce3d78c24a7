// Accepting proposals in place; without this file the server does it and shows the page anew.
"use strict";

(() => {
  const form = document.getElementById("draft");
  const all = document.getElementById("accept-all");
  if (all === null) {
    return;
  }
  const fill = (name, anyway) => {
    const field = form.elements[name];
    const proposed = form.querySelector(`[data-for="${name}"]`);
    if (proposed && (anyway || !field.value.trim())) {
      field.value = proposed.textContent;
      proposed.closest(".proposal").hidden = true;
    }
  };

  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button[name=action]");
    const wanted = button && button.value;
    if (wanted === "accept-summary" || wanted === "accept-keywords") {
      event.preventDefault();
      const name = wanted.slice("accept-".length);
      fill(name, true);
      form.elements[name].focus();
    } else if (wanted === "accept") {
      event.preventDefault();
      for (const box of form.querySelectorAll("[data-proposed]")) {
        const chosen = box.closest("fieldset").querySelector("input[type=radio]:checked");
        box.checked ||= !chosen;
      }
      fill("summary", false);
      fill("keywords", false);
      document.getElementById("accepted").textContent = all.dataset.said;
    }
  });
})();
