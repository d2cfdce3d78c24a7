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

// "/" moves to the search box, as the key drawn in it promises.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
    return;
  }
  const typing = event.target instanceof Element
    && event.target.closest("input, textarea, select, [contenteditable]");
  const box = document.getElementById("q");
  if (typing || box === null) {
    return;
  }
  event.preventDefault();
  box.focus();
  box.select();
});
