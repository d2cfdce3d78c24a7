// Suggestions under the search box while someone types: the combobox pattern of WAI-ARIA 1.2.
// Without this file the box is a plain search box.
"use strict";

(() => {
  const PAUSE_MS = 60; // between two keys of someone who types fast
  const box = document.querySelector("input[data-suggest]");
  if (box === null) {
    return;
  }
  const list = make("div", { class: "suggestions", id: "q-suggestions", role: "listbox" });
  const status = make("p", { class: "unseen", role: "status" });
  let options = [];
  let active = -1;
  let timer = 0;
  let waiting = new AbortController();

  list.hidden = true;
  list.setAttribute("aria-label", box.dataset.suggestLabel);
  box.form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    box.setAttribute(name, value);
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    waiting.abort();
    timer = setTimeout(ask, PAUSE_MS);
  });
  box.addEventListener("keydown", (event) => {
    // While an input method is composing, the keys are its own.
    if (!event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      press(event);
    }
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  // The box keeps the focus while a suggestion is pressed, so that blur does not take it away.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());

  function press(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) {
        ask();
      } else {
        move(event.key === "ArrowDown" ? 1 : -1);
      }
    } else if (event.key === "Enter" && active >= 0) {
      options[active].click();
    } else if (event.key === "Escape" && !list.hidden) {
      close();
    } else if (event.key === "Escape") {
      box.value = "";
      status.textContent = "";
    } else {
      return;
    }
    event.preventDefault();
  }

  // One step past either end no option is active, and Enter searches for what was typed.
  function move(step) {
    const places = options.length + 1;
    choose(((active + 1 + step + places) % places) - 1);
  }

  function choose(place) {
    options[active]?.setAttribute("aria-selected", "false");
    active = place;
    if (active < 0) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options[active].id);
  }

  async function ask() {
    clearTimeout(timer);
    waiting.abort();
    if (box.value.trim() === "") {
      close();
      return;
    }
    waiting = new AbortController();
    const { signal } = waiting;
    const address = `${box.dataset.suggest}?${new URLSearchParams({ q: box.value })}`;
    try {
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!answer.ok) {
        throw new Error("no suggestions");
      }
      const found = await answer.json();
      if (!signal.aborted && document.activeElement === box) {
        show(found);
      }
    } catch (error) {
      if (error.name !== "AbortError") {
        close();
        status.textContent = box.dataset.suggestFailed;
        status.className = "suggestions suggestions-failed";
      }
    }
  }

  function show(found) {
    list.replaceChildren(...found.groups.map(group));
    options = [...list.querySelectorAll("[role=option]")];
    options.forEach((option, place) => {
      option.id = `q-suggestion-${place + 1}`;
    });
    choose(-1);
    list.hidden = options.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = found.status;
    status.className = "unseen";
  }

  function close() {
    clearTimeout(timer);
    waiting.abort();
    show({ status: "", groups: [] });
  }

  function group({ name, options: items }, place) {
    const title = make("div", { class: "suggestions-kind", id: `q-kind-${place + 1}` }, name);
    const part = make("div", { role: "group", "aria-labelledby": title.id });
    part.append(title, ...items.map(option));
    return part;
  }

  function option({ text, within, url }) {
    const link = make("a", { href: url, role: "option", tabindex: "-1", "aria-selected": "false" });
    link.append(make("span", { class: "suggestion-text" }, text));
    if (within) {
      link.append(make("span", { class: "suggestion-within" }, within));
    }
    return link;
  }

  function make(name, attributes, text = "") {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    element.textContent = text;
    return element;
  }
})();
