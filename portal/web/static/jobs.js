// While a job is at work or waits to be, the page follows it. Without this, reloading does.
"use strict";

{
  const PAUSE = 1500;
  const follow = () => window.setTimeout(async () => {
    const shown = document.querySelector("[data-live=jobs]");
    if (shown === null || !shown.hasAttribute("data-busy")) {
      return;
    }
    // A button that has the focus stays under the finger that is about to press it.
    if (!document.hidden && !shown.contains(document.activeElement)) {
      try {
        const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-live=jobs]");
        if (answer.ok && fresh !== null) {
          shown.replaceWith(fresh);
        }
      } catch {
        // The next look may succeed.
      }
    }
    follow();
  }, PAUSE);
  follow();
}
