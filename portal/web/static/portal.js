// "/" moves to the search box, as the key drawn in it promises. Everything else works without this.
"use strict";

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
