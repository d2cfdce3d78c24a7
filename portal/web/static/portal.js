// Comforts that every page has. Everything works without them.
"use strict";

// The mark of the search that led here has been read; the address to keep or pass on is without it.
{
  const address = new URL(window.location.href);
  if (address.searchParams.has("from")) {
    address.searchParams.delete("from");
    window.history.replaceState(window.history.state, "", address);
  }
}

// Keys: "/" moves to the search box, arrows walk the results, "?" tells what the keys do.
{
  const dialog = document.getElementById("shortcuts");
  const results = () => [...document.querySelectorAll(".hit h2 a")];

  function toBox() {
    const box = document.getElementById("q");
    box?.focus();
    box?.select();
    return box !== null;
  }

  // One step past the first result leads back to the search box.
  function walk(step) {
    const links = results();
    const hit = document.activeElement?.closest(".hit");
    const next = (hit ? links.indexOf(hit.querySelector("h2 a")) : -1) + step;
    if (next === -1 && hit) {
      return toBox();
    }
    links[next]?.focus();
    return next in links;
  }

  const keys = {
    "/": toBox,
    "?": () => !dialog?.open && (dialog?.showModal(), true),
    ArrowDown: () => walk(1),
    ArrowUp: () => Boolean(document.activeElement?.closest(".hit")) && walk(-1),
  };

  document.addEventListener("keydown", (event) => {
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    const within = event.target instanceof Element
      && event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || within) {
      return;
    }
    // A page without results scrolls by its arrows as ever.
    if (act()) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-opens]");
    if (opener) {
      document.getElementById(opener.dataset.opens).showModal();
    } else if (event.target === dialog) {
      dialog.close(); // a press beside the dialog lands on its backdrop
    }
  });
}

// Without a network, or where nobody answers, a form stays as it is filled in and the page says so.
{
  const offline = document.getElementById("no-network");
  const unanswered = document.getElementById("no-answer");
  let isSent = false;

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") !== "post" || event.defaultPrevented || !offline) {
      return;
    }
    unanswered.hidden = true;
    isSent = navigator.onLine;
    if (!isSent) {
      event.preventDefault();
      offline.hidden = false;
      window.addEventListener("online", () => { offline.hidden = true; }, { once: true });
    }
  });
  // The service worker tells every open page; the one that sent something knows that it is meant.
  navigator.serviceWorker?.addEventListener("message", (event) => {
    if (event.data === "unanswered" && isSent) {
      isSent = false;
      unanswered.hidden = false;
      window.dispatchEvent(new Event("stay"));
    }
  });
}

// A line at the top tells that the next page is under way, where it takes long enough to wonder.
{
  const SLOW_MS = 200;
  const FILES = /\/(original|opml)$|\.(csv|xlsx|opml)$/; // a download leaves the page standing
  let timer = 0;
  const wait = (event, address) => {
    if (!event.defaultPrevented && !FILES.test(address.pathname)) {
      timer = setTimeout(() => document.documentElement.classList.add("is-leaving"), SLOW_MS);
    }
  };

  window.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    const plain = event.button === 0
      && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const within = link && link.origin + link.pathname + link.search
      === location.origin + location.pathname + location.search;
    if (link && plain && link.origin === location.origin && !link.target && !within) {
      wait(event, link);
    }
  });
  window.addEventListener("submit", (event) => {
    const form = event.target; // whose properties its own fields may hide
    if (form.getAttribute("method") !== "dialog") {
      wait(event, new URL(form.getAttribute("action") ?? "", location.href));
    }
  });
  const stay = () => {
    clearTimeout(timer);
    document.documentElement.classList.remove("is-leaving");
  };
  window.addEventListener("pageshow", stay);
  window.addEventListener("stay", stay);
}
