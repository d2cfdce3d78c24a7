// Keeps documents that were opened readable without a network; see /sw.js for how.
"use strict";

{
  const saved = document.getElementById("offline-saved");
  if (saved?.dateTime) {
    saved.textContent = new Date(saved.dateTime).toLocaleString(document.documentElement.lang);
  }

  // The page without a network lists what this device can show.
  async function listCopies(list) {
    const pages = await caches.open("documents");
    const keys = (await pages.keys()).reverse();
    for (const key of keys) {
      const text = await (await pages.match(key)).text();
      const title = new DOMParser().parseFromString(text, "text/html").querySelector("h1");
      const link = document.createElement("a");
      link.href = key.url;
      link.lang = title?.closest("[lang]")?.lang ?? "";
      link.textContent = title?.textContent.trim() ?? key.url;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    document.getElementById("no-copies").hidden = keys.length > 0;
  }

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js");
    const list = document.getElementById("copies");
    if (list) {
      listCopies(list);
    }
  }
}
