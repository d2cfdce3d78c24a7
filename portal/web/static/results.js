// Filters, orders and pages of the results without a reload: the link's own page is fetched, and the
// parts marked data-live take the place of the old ones. Where nothing answers, the page says so and
// stays. Without this file the links just lead there.
"use strict";

(() => {
  const QUIET_MS = 150; // an answer that is faster than this needs no sign of waiting
  const place = () => location.pathname + location.search;
  const part = (name, within = document) => within.querySelector(`[data-live="${name}"]`);
  const failed = document.getElementById("no-results");
  let shown = place();
  let waiting = new AbortController();

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-live=results] a");
    const plain = event.button === 0
      && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.pathname !== location.pathname) {
      return;
    }
    event.preventDefault();
    const focus = link.dataset.key && `${link.closest("aside, details.filters").localName} `
      + `[data-key="${CSS.escape(link.dataset.key)}"]`;
    follow(link.href, { focus, toTop: !focus });
  });

  // A skip link changes only the part behind the #, which is no other answer.
  window.addEventListener("popstate", (event) => {
    if (place() !== shown) {
      show(location.href, (page) => {
        swap(page);
        window.scrollTo(0, event.state?.top ?? 0);
      });
    }
  });

  function follow(url, { focus, toTop }) {
    show(url, (page) => {
      history.replaceState({ top: window.scrollY }, "");
      history.pushState(null, "", url);
      swap(page);
      const target = focus && document.querySelector(focus);
      (target || document.getElementById("found")).focus({ preventScroll: true });
      if (toTop) {
        window.scrollTo(0, 0);
      }
    });
  }

  // Fetch a page and hand it on, unless a later click overtakes it. Whatever is not a page of
  // results (sign in again, a failure) the browser shows in its own way.
  async function show(url, use) {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    failed.hidden = true;
    const busy = setTimeout(() => part("results").setAttribute("aria-busy", "true"), QUIET_MS);
    try {
      const answer = await fetched(url, signal);
      if (answer === null) {
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok || answer.redirected || !part("results", page)) {
        throw new Error("not a page of results");
      }
      use(page);
    } catch (error) {
      if (error.name !== "AbortError") {
        location.assign(url);
      }
    } finally {
      clearTimeout(busy);
      if (!signal.aborted) {
        part("results")?.removeAttribute("aria-busy");
      }
    }
  }

  // The answer, or null where the network had none.
  async function fetched(url, signal) {
    try {
      return await fetch(url, { signal, headers: { Accept: "text/html" } });
    } catch (error) {
      if (error.name !== "AbortError") {
        failed.querySelector("a").href = url;
        failed.hidden = false;
        failed.scrollIntoView({ block: "nearest" });
      }
      return null;
    }
  }

  function swap(page) {
    const open = [...document.querySelectorAll("[data-live] details[open]")]
      .map((fold) => fold.dataset.fold);
    for (const old of document.querySelectorAll("[data-live]")) {
      old.replaceWith(document.adoptNode(part(old.dataset.live, page)));
    }
    for (const fold of document.querySelectorAll("[data-live] details")) {
      fold.open ||= open.includes(fold.dataset.fold);
    }
    keepAsking(page);
    document.title = page.title;
    document.querySelector("h1").textContent = page.querySelector("h1").textContent;
    document.getElementById("announcement").textContent =
      document.getElementById("count").textContent;
    shown = place();
  }

  // The search box goes on with the filters that are now chosen, and with what is being typed.
  function keepAsking(page) {
    const form = document.querySelector("form.search");
    const box = form.querySelector("[name=q]");
    const fresh = page.querySelector("form.search");
    if (document.activeElement !== box) {
      box.value = fresh.querySelector("[name=q]").value;
    }
    form.querySelectorAll("input[type=hidden]").forEach((field) => field.remove());
    fresh.querySelectorAll("input[type=hidden]").forEach((field) => form.append(field));
  }
})();
