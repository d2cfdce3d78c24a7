// Made for each release: the stamp changes with any style sheet or script.
"use strict";

const SHELL = "shell-{{ stamp }}";
const PAGES = "documents";
const FILES = {{ shell|tojson }};
const FALLBACK = {{ fallback|tojson }};
const SIGN_IN = {{ sign_in|tojson }};
const MOST = {{ kept }};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const shell = await caches.open(SHELL);
    await shell.addAll([...FILES, FALLBACK]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name !== SHELL && name !== PAGES) {
        await caches.delete(name);
      }
    }
    await self.clients.claim();
  })());
});

// A document's page under its address alone: whichever search led to it, it is one copy.
function keyOf(url) {
  return url.origin + url.pathname;
}

async function keep(url, answer) {
  const headers = new Headers(answer.headers);
  headers.set("Saved-At", new Date().toISOString());
  headers.delete("Content-Encoding");
  const copy = new Response(await answer.text(), { status: 200, headers });
  const pages = await caches.open(PAGES);
  await pages.delete(keyOf(url)); // so that the newest stands last
  await pages.put(keyOf(url), copy);
  const keys = await pages.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST))) {
    await pages.delete(old);
  }
}

// The page shows its mark, and says when the copy was made.
async function copyOf(url) {
  const kept = await (await caches.open(PAGES)).match(keyOf(url));
  if (!kept) {
    return null;
  }
  const saved = kept.headers.get("Saved-At");
  const html = (await kept.text())
    .replace('id="offline-copy" hidden', 'id="offline-copy"')
    .replace('id="offline-saved" datetime=""', `id="offline-saved" datetime="${saved}"`);
  return new Response(html, { status: 200, headers: kept.headers });
}

async function visit(request, url) {
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await copyOf(url)) ?? (await caches.match(FALLBACK)) ?? Response.error();
  }
  const landed = new URL(answer.url || url);
  if (answer.redirected && landed.pathname === SIGN_IN) {
    // Whoever must sign in again may be somebody else.
    await caches.delete(PAGES);
  } else if (answer.ok && answer.headers.get("{{ header }}") === "allowed") {
    await keep(landed, answer.clone());
  } else if (answer.status === 404 || answer.status === 403) {
    await (await caches.open(PAGES)).delete(keyOf(url));
  }
  return answer;
}

// An answer without content leaves the page standing as it was filled in; it says why itself.
async function send(request) {
  try {
    return await fetch(request);
  } catch {
    for (const page of await self.clients.matchAll({ type: "window" })) {
      page.postMessage("unanswered");
    }
    return new Response(null, { status: 204 });
  }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(request.method === "GET" ? visit(request, url) : send(request));
  } else if (url.pathname.startsWith("/static/") && url.searchParams.has("v")) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});
