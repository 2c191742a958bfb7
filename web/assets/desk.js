// What the table of pages does beyond app.js, which has its keys: the page that
// is meant, and dragging. Everything works without it, by mouse.
"use strict";

// Arrows choose a page, at once; what is chosen is shown beside the table and
// meant by the buttons.
const desk = document.querySelector("[data-desk]");
const onDesk = () => [...desk.querySelectorAll("[data-page]")];
function choose(link) {
  for (const other of onDesk()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  for (const paper of desk.querySelectorAll("[data-paper]")) paper.classList.toggle("here", paper.contains(link));
  for (const box of document.querySelectorAll("[data-at]")) box.value = link.dataset.page;
  const look = desk.querySelector(".look img");
  const base = link.querySelector("img").src.replace(/\d+$/, "");
  look.src = base + (desk.querySelector(".look.large") ? 2000 : 1000);
  look.dataset.large = base + 2000;
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
