// What the table of pages does beyond app.js, which has its keys: the page that
// is meant, and dragging. Everything works without it, by mouse.
"use strict";

// Arrows choose a page, at once; what is chosen is shown beside the table and
// meant by the buttons.
const desk = document.querySelector("[data-desk]");
const onDesk = () => [...desk.querySelectorAll("[data-page]")];
function show(link) {
  const look = desk.querySelector(".look img");
  const base = link.querySelector("img").src.replace(/\d+$/, "");
  const src = base + (desk.querySelector(".look.large") ? 2000 : 1000);
  if (look.src !== src) look.src = src;
  look.dataset.large = base + 2000;
}
function choose(link) {
  for (const other of onDesk()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  for (const paper of desk.querySelectorAll("[data-paper]")) paper.classList.toggle("here", paper.contains(link));
  for (const box of document.querySelectorAll("[data-at]")) box.value = link.dataset.page;
  show(link);
  const told = document.querySelector("#reading .problem"); // of the page before
  if (told) told.remove();
  const open = document.querySelector('a[data-key="Enter"]');
  open.href = open.href.replace(/\?.*$/, "?page=" + encodeURIComponent(link.dataset.page));
  history.replaceState(null, "", link.href);
  link.scrollIntoView({ block: "nearest" });
}
function stepOnDesk(key) {
  const all = onDesk();
  const at = all.findIndex((a) => a.hasAttribute("aria-current"));
  const paper = all[at].closest("[data-paper]");
  const next = {
    ArrowLeft: () => all[at - 1],
    ArrowRight: () => all[at + 1],
    ArrowUp: () => paper.previousElementSibling && paper.previousElementSibling.querySelector("[data-page]"),
    ArrowDown: () => paper.nextElementSibling && paper.nextElementSibling.querySelector("[data-page]"),
  }[key]();
  if (next) choose(next);
}
// Space picks the page that is meant, to be sent elsewhere together with others.
document.addEventListener("keydown", (e) => {
  if (e.key !== " " || e.shiftKey || e.ctrlKey || e.altKey || e.metaKey || typing(e.target) || e.target.closest("button, summary, label")) return;
  const box = desk.querySelector("[data-page][aria-current] ~ .pick input");
  if (!box) return;
  e.preventDefault();
  box.checked = !box.checked;
});
document.addEventListener("keydown", (e) => {
  if (!/^Arrow/.test(e.key) || e.shiftKey || e.ctrlKey || e.altKey || e.metaKey || typing(e.target)) return;
  e.preventDefault();
  stepOnDesk(e.key);
});
desk.addEventListener("click", (e) => {
  const link = e.target.closest("[data-page]");
  if (!link || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  choose(link);
});
const current = onDesk().find((a) => a.hasAttribute("aria-current"));
if (current) current.scrollIntoView({ block: "nearest" });

// A page is dragged in front of another one, or to the end of a paper.
let dragged = null;
const target = (e) => {
  const paper = dragged && e.target.closest && e.target.closest("[data-paper]");
  if (!paper) return null;
  const before = [...paper.querySelectorAll("[data-page]")].find((a) => {
    const box = a.getBoundingClientRect();
    return e.clientY < box.top || (e.clientY < box.bottom && e.clientX < box.left + box.width / 2);
  });
  return { paper, before };
};
function mark(at) {
  for (const el of document.querySelectorAll(".over, .sheets .before")) el.classList.remove("over", "before");
  if (!at) return;
  at.paper.classList.add("over");
  if (at.before) at.before.classList.add("before");
}
document.addEventListener("dragstart", (e) => {
  dragged = e.target.closest && e.target.closest("[data-desk] [data-page]");
  if (dragged) {
    dragged.classList.add("dragged");
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", "");
  }
});
document.addEventListener("dragover", (e) => {
  const at = target(e);
  mark(at);
  if (at) e.preventDefault();
});
document.addEventListener("dragend", () => {
  if (dragged) dragged.classList.remove("dragged");
  dragged = null;
  mark(null);
});
document.addEventListener("drop", (e) => {
  const at = target(e);
  if (!at) return;
  e.preventDefault();
  choose(dragged);
  const form = document.getElementById("desk");
  for (const [name, value] of [["to", at.paper.dataset.paper], ["before", at.before ? at.before.dataset.page : ""]]) {
    const box = form.appendChild(document.createElement("input"));
    box.type = "hidden";
    box.name = name;
    box.value = value;
  }
  form.submit();
});

// An opened drawer waits for typing.
document.addEventListener("toggle", (e) => {
  const box = e.target.open && e.target.querySelector("[data-filter], [data-typed]");
  if (box) box.focus();
  if (e.target.open) for (const other of document.querySelectorAll("details.drop[open]")) other.open = other === e.target;
}, true);

// News: what the machine does meanwhile shows by itself, a page that waits now,
// or what was read again. The papers come anew only while they are those that
// are named by what was seen: what people decide meanwhile is told to who decides
// next. What is picked, and what has the focus, stays.
const saw = (page) => page.querySelector('#desk [name="saw"]').value;
function renew(part, fresh) {
  if (!fresh || part.innerHTML === fresh.innerHTML) return;
  const picked = [...part.querySelectorAll("input:checked")].map((box) => box.value);
  const held = part.contains(document.activeElement) && document.activeElement.closest("[data-page], [data-key]");
  const name = held && (held.dataset.page ? `[data-page="${held.dataset.page}"]` : `[data-key="${held.dataset.key}"]`);
  part.replaceChildren(...fresh.childNodes);
  for (const box of part.querySelectorAll("input[type=checkbox]")) box.checked = picked.includes(box.value);
  const again = name && part.querySelector(name);
  if (again) again.focus({ preventScroll: true });
}
async function hear() {
  const at = desk.querySelector("[data-page][aria-current]");
  const answer = await fetch(at ? at.href : location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (dragged || !page.getElementById("desk") || at !== desk.querySelector("[data-page][aria-current]")) return;
  for (const part of document.querySelectorAll("[data-news]")) {
    if (!part.dataset.news || saw(page) === saw(document)) renew(part, page.getElementById(part.id));
  }
  const here = desk.querySelector("[data-page][aria-current]");
  if (here) show(here);
}
let hearing = null;
let more = false;
function news() {
  if (hearing) {
    more = true;
    return;
  }
  hearing = hear().catch(() => {}).finally(() => {
    hearing = null;
    if (more) {
      more = false;
      news();
    }
  });
}
// The first event comes when the stream is there: what happened while the page
// was on its way would be missed else.
const stream = new EventSource("/events");
stream.addEventListener("change", (e) => { if (/connected|dossier|batch/.test(e.data)) news(); });
stream.onerror = () => lost(true);
stream.onopen = () => lost(false);
addEventListener("pagehide", () => stream.close());
