// The tour of the home: a dialog that names one part after the other and lights it up.
"use strict";

{
  const dialog = document.getElementById("tour");
  const form = document.getElementById("tour-done");
  const next = document.getElementById("tour-next");
  const back = document.getElementById("tour-back");
  const forward = next.textContent;
  // A part that this home lacks is left out.
  const steps = [...dialog.querySelectorAll(".tour-step")].filter(
    (step) => document.querySelector(step.dataset.target),
  );
  let place = 0;

  function light(step, on) {
    document.querySelector(step.dataset.target).classList.toggle("tour-lit", on);
  }

  function show(wanted) {
    steps.forEach((step, number) => {
      step.hidden = number !== wanted;
      light(step, number === wanted);
    });
    place = wanted;
    const target = document.querySelector(steps[place].dataset.target);
    target.scrollIntoView({ block: "center" });
    // The dialog keeps to the half of the window that the lit part leaves free.
    const box = target.getBoundingClientRect();
    dialog.classList.toggle("is-high", box.top + box.height / 2 > window.innerHeight / 2);
    document.getElementById("tour-place").textContent = `${place + 1} / ${steps.length}`;
    back.hidden = place === 0;
    next.textContent = place + 1 === steps.length ? next.dataset.last : forward;
    next.focus();
  }

  next.addEventListener("click", () => {
    if (place + 1 < steps.length) {
      show(place + 1);
    } else {
      dialog.close();
    }
  });
  back.addEventListener("click", () => show(place - 1));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
  });
  // Esc, the last step and "enough" all end here: it was seen, and does not come back.
  dialog.addEventListener("close", () => {
    steps.forEach((step) => light(step, false));
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
    document.getElementById("q")?.focus();
  });

  if (steps.length) {
    dialog.showModal();
    show(0);
  }
}
