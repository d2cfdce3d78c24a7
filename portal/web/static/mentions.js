// Colleagues offered under a comment after "@". Without this file a name is typed out.
"use strict";

for (const field of document.querySelectorAll("[data-people]")) {
  offer(field, field.querySelector("textarea"));
}

function offer(field, area) {
  const PAUSE_MS = 120;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let options = [];
  let active = -1;
  let timer = 0;
  let waiting = new AbortController();

  list.className = "people";
  list.id = `${area.id}-people`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.peopleLabel);
  status.className = "unseen";
  status.setAttribute("role", "status");
  area.after(list, status);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);

  area.addEventListener("input", () => {
    clearTimeout(timer);
    waiting.abort();
    timer = setTimeout(ask, PAUSE_MS);
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    // While an input method is composing, the keys are its own.
    if (list.hidden || event.isComposing) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose((active + step + options.length) % options.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) {
      take(options[active].dataset.call);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });
  // The text keeps the focus while a name is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-call]");
    if (option !== null) {
      take(option.dataset.call);
    }
  });

  // What stands between the last "@" and the caret, or null where nobody is being called.
  function typed() {
    const before = area.value.slice(0, area.selectionStart);
    return /(?<![A-Za-z0-9._-])[@＠]([^\s@＠]{1,32})$/u.exec(before)?.[1] ?? null;
  }

  async function ask() {
    const start = typed();
    if (start === null) {
      close();
      return;
    }
    waiting = new AbortController();
    try {
      const url = `${field.dataset.people}?${new URLSearchParams({ q: start })}`;
      const answer = await fetch(url, { signal: waiting.signal });
      show(answer.ok ? await answer.json() : []);
    } catch (error) {
      if (error.name !== "AbortError") {
        close();
      }
    }
  }

  function show(people) {
    const names = people.map((person) => person.name);
    options = people.map((person, place) => {
      const option = document.createElement("li");
      // Where two share a name, the login says who is meant.
      const shared = names.filter((name) => name === person.name).length > 1;
      option.dataset.call = shared || /\s/u.test(person.name) ? person.login : person.name;
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.append(person.name, " ");
      const login = document.createElement("span");
      login.className = "quiet";
      login.textContent = `@${person.login}`;
      option.append(login);
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    status.textContent = names.join("、");
    choose(options.length > 0 ? 0 : -1);
  }

  function choose(place) {
    active = place;
    options.forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
    if (place < 0) {
      area.removeAttribute("aria-activedescendant");
    } else {
      area.setAttribute("aria-activedescendant", options[place].id);
    }
  }

  function take(call) {
    const end = area.selectionStart;
    area.setRangeText(`${call} `, end - (typed() ?? "").length, end, "end");
    close();
  }

  function close() {
    clearTimeout(timer);
    waiting.abort();
    list.hidden = true;
    status.textContent = "";
    choose(-1);
  }
}
