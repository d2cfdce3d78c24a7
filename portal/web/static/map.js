// On a narrow screen the strip shows a few stages: the chosen one should be among them.
"use strict";

{
  const strip = document.querySelector(".strip");
  const chosen = strip && strip.querySelector(".stage.chosen");
  if (chosen) {
    const middle = chosen.offsetLeft - strip.offsetLeft + chosen.offsetWidth / 2;
    strip.scrollLeft = middle - strip.clientWidth / 2;
  }
}
