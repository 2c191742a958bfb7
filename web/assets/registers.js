// Writing down entries of registers.
"use strict";

// The place of the box one writes in is marked in the picture of an entry.
function markPlace(id) {
  for (const place of document.querySelectorAll("[data-of]")) place.classList.toggle("on", place.dataset.of === id);
}
document.addEventListener("focusin", (e) => markPlace(e.target.id));
markPlace(document.activeElement.id);
scrollTo(0, 0); // a marked page is scrolled to its mark, and would hide the row above it
