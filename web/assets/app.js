// What the pages do beyond htmx: keys, the code field, the live strip, the
// filter of kinds, the enlarged page. Everything works without it, by mouse.
"use strict";

const typing = (el) => el && (el.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName));

// In a box to be ticked nobody types.
const ticking = (e) => e.target.type === "checkbox" && e.key.length === 1 && e.key !== " ";

// Keys. An element names its key with data-key (and a second with data-key2);
// the key is printed on it. With Alt they work while typing too, and arrows do
// while the field is empty. "/" goes to the search box from everywhere.
const asleep = (e) => typing(e.target) && !ticking(e) && !e.altKey && !(/^Arrow(Left|Right)$/.test(e.key) && e.target.value === "");
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.isComposing) return;
  if (e.altKey && e.key.startsWith("Arrow")) return; // the browser's own
  if (e.key === "/" && !typing(e.target)) {
    e.preventDefault();
    document.querySelector('[data-focus="/"]').select();
    return;
  }
  if (e.key === "Escape" && typing(e.target)) {
    e.target.blur();
    return;
  }
  if (asleep(e)) return;
  if (e.key === "Enter" && e.target.closest("a, button, summary")) return; // what has the focus is meant
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  const meant = keyed(e.shiftKey ? "Shift+" + key : key) || keyed(key);
  if (meant) {
    e.preventDefault();
    if (!e.repeat || !meant.form) meant.click(); // a key that is held decides once, and not about the next page, too
    return;
  }
  if (typing(e.target) || e.altKey) return;
  if (moveRow(key)) {
    e.preventDefault();
    return;
  }
  catchCode(e);
});

// The element that has a key; what is folded away has none.
function keyed(key) {
  const all = [...document.querySelectorAll("[data-key]")].filter((el) => el.dataset.key === key || el.dataset.key2 === key);
  return all.find((el) => !el.closest("details:not([open]) > :not(summary)"));
}

// J and K move through the rows of a list, Enter opens the row.
function moveRow(key) {
  const list = document.querySelector("[data-rows]");
  if (!list || !["j", "k", "Enter"].includes(key)) return false;
  const rows = [...list.children];
  const at = rows.findIndex((r) => r.classList.contains("at"));
  if (key === "Enter") {
    const link = at >= 0 && rows[at].querySelector("a");
    if (link) link.click();
    return Boolean(link);
  }
  const next = Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), rows.length - 1);
  rows.forEach((r, i) => r.classList.toggle("at", i === next));
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

// A whole row of a table opens its dossier, unless text was marked in it.
document.addEventListener("click", (e) => {
  const row = e.target.closest("tbody[data-rows] > tr");
  if (!row || e.target.closest("a") || String(getSelection())) return;
  row.querySelector("a").click();
});

// A barcode reader types wherever the focus is: on the intake page its first
// letter takes the focus to the code field, and nothing is lost.
function catchCode(e) {
  const field = document.querySelector("[data-catch]");
  if (field && e.key.length === 1 && e.key !== " ") field.focus();
}

// Nothing moves under the pointer: while it rests on the strip, news wait
// behind a button.
let held = false;
const live = () => document.getElementById("live");
document.addEventListener("htmx:beforeRequest", (e) => {
  if (e.detail.elt !== live()) return;
  const strip = document.querySelector("[data-hold]");
  if (!held && strip && strip.matches(":hover")) {
    e.preventDefault();
    held = true;
    document.getElementById("fresh").hidden = false;
  } else if (held) {
    e.preventDefault();
  }
});
function release() {
  if (!held) return;
  held = false;
  htmx.trigger(live(), "refresh");
}
document.addEventListener("mouseout", (e) => {
  const strip = e.target.closest && e.target.closest("[data-hold]");
  if (strip && !strip.contains(e.relatedTarget) && e.relatedTarget !== document.getElementById("fresh")) release();
});
document.addEventListener("click", (e) => {
  if (e.target.id === "fresh") release();
});

// A lost connection shows a quiet bar and goes away by itself.
const lost = (on) => { document.getElementById("lost").hidden = !on; };
document.addEventListener("htmx:sseError", () => lost(true));
document.addEventListener("htmx:sseOpen", () => lost(false));
document.addEventListener("htmx:sendError", () => lost(true));
document.addEventListener("htmx:afterRequest", (e) => { if (e.detail.successful) lost(false); });

// "3 giây trước": the server writes the time, the page counts on.
function ago() {
  const words = document.body.dataset;
  for (const el of document.querySelectorAll("time[data-ago]")) {
    const s = Math.max(0, Math.round((Date.now() - Date.parse(el.dateTime)) / 1000));
    if (s < 3) el.textContent = words.agoNow;
    else if (s < 60) el.textContent = words.agoS.replace("%d", s);
    else if (s < 3600) el.textContent = words.agoM.replace("%d", Math.floor(s / 60));
    else if (s < 86400) el.textContent = words.agoH.replace("%d", Math.floor(s / 3600));
  }
}
setInterval(ago, 1000);

// The list of kinds narrows as one types, with or without tones.
const fold = (s) => s.normalize("NFD").replace(/\p{Mn}/gu, "").replace(/đ/gi, "d").toLowerCase();
function narrow(box) {
  const list = document.getElementById(box.dataset.filter);
  const parts = fold(box.value).split(/\s+/).filter(Boolean);
  const has = (text) => parts.every((p) => (" " + text).includes(" " + p));
  for (const o of list.options) o.hidden = !has(o.dataset.fold + " " + fold(o.text));
  if (!parts.length) return;
  // The name that is shown counts more than other wordings of the title.
  const shown = [...list.options].filter((o) => !o.hidden);
  const best = shown.find((o) => has(fold(o.text))) || shown[0];
  list.value = best ? best.value : "";
}
// In the empty box a digit picks the kind that has this number, and places.
document.addEventListener("keydown", (e) => {
  const box = e.target;
  if (!box.dataset || !box.dataset.filter || box.value || box.dataset.first === undefined || !/^[1-5]$/.test(e.key) || e.ctrlKey || e.altKey || e.metaKey) return;
  e.preventDefault();
  document.getElementById(box.dataset.filter).selectedIndex = e.key - 1;
  box.form.requestSubmit();
});
document.addEventListener("input", (e) => { if (e.target.dataset.filter) narrow(e.target); });
document.addEventListener("keydown", (e) => {
  if (e.target.dataset && e.target.dataset.filter && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
    e.preventDefault();
    const list = document.getElementById(e.target.dataset.filter);
    const shown = [...list.options].filter((o) => !o.hidden);
    const at = shown.indexOf(list.selectedOptions[0]);
    const next = shown[Math.min(Math.max(at + (e.key === "ArrowDown" ? 1 : -1), 0), shown.length - 1)];
    if (next) list.value = next.value;
  }
  // Enter in a list of choices does nothing by itself.
  if (e.key === "Enter" && e.target.tagName === "SELECT" && e.target.form) {
    e.preventDefault();
    e.target.form.requestSubmit();
  }
});

// Z enlarges the page and back; the large picture is fetched when wanted.
document.addEventListener("click", (e) => {
  if (!e.target.closest("[data-zoom]")) return;
  const sheet = document.querySelector(".sheet");
  if (!sheet) return;
  e.preventDefault();
  const img = sheet.querySelector("img");
  if (img.dataset.large) {
    img.src = img.dataset.large;
    delete img.dataset.large;
  }
  sheet.classList.toggle("large");
});

// R turns the page for whoever looks; the paper stays as it is.
document.addEventListener("click", (e) => {
  if (!e.target.closest("[data-rotate]")) return;
  const sheet = document.querySelector(".sheet");
  const turn = (Number(sheet.dataset.turn || 0) + 1) % 4;
  sheet.dataset.turn = turn;
  for (const t of [1, 2, 3]) sheet.classList.toggle("turn" + t, t === turn);
});

// L leads to the row of reasons; the arrows move along it, Enter chooses.
document.addEventListener("click", (e) => {
  if (!e.target.closest("[data-to-chips]")) return;
  const row = e.target.closest("[data-chips]");
  (row.querySelector("a[aria-current]") || row.querySelector("a")).focus();
});
document.addEventListener("keydown", (e) => {
  const row = e.target.closest && e.target.closest("[data-chips]");
  if (!row || !/^Arrow(Left|Right)$/.test(e.key) || e.altKey || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  e.stopPropagation();
  const all = [...row.querySelectorAll("a")];
  const next = all[all.indexOf(e.target) + (e.key === "ArrowRight" ? 1 : -1)];
  if (next) next.focus();
}, true);
const chip = document.querySelector("[data-chips] a[aria-current]");
if (chip) chip.scrollIntoView({ block: "nearest", inline: "nearest" });

// A picture that can't be made leaves its empty frame, not a broken sign.
document.addEventListener("error", (e) => {
  if (e.target.tagName === "IMG") e.target.classList.add("failed");
}, true);

// On a desk the first field waits for typing; on a phone the page is seen first.
const first = document.querySelector("[data-first]");
if (first && matchMedia("(min-width: 1001px)").matches) first.focus();

// Pages added to a paper take its kind: there is nothing to choose then.
document.addEventListener("change", (e) => {
  if (e.target.id !== "component" && e.target.id !== "dossier") return;
  const added = e.target.id === "component" && e.target.value !== "";
  for (const id of ["kind", "kind-filter"]) document.getElementById(id).disabled = added;
});

// Signing: the box of a group stands for all of its papers, and what is chosen
// stays chosen when the list comes anew.
const choice = () => document.querySelector("[data-choice]");
const boxes = (within, name) => [...within.querySelectorAll(`input[name="${name}"]`)];
document.addEventListener("change", (e) => {
  const group = e.target.closest && choice() && e.target.closest(".group");
  if (!group) return;
  if (e.target.matches("[data-all]")) boxes(group, "paper").forEach((box) => { box.checked = e.target.checked; });
  else if (!e.target.checked) boxes(group, "kind").forEach((box) => { box.checked = false; });
});
let chosen = new Set();
document.addEventListener("htmx:beforeSwap", (e) => {
  if (!choice() || e.detail.target !== live()) return;
  chosen = new Set([...live().querySelectorAll("input:checked")].map((box) => box.name + box.value));
});
document.addEventListener("htmx:afterSwap", (e) => {
  if (!choice() || e.detail.target !== live()) return;
  for (const box of live().querySelectorAll("input")) box.checked = chosen.has(box.name + box.value);
});

// A page opened from a search starts at the first match.
const hit = document.querySelector(".hit");
if (hit) hit.scrollIntoView({ block: "center" });
ago();
