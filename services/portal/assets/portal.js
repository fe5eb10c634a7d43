// What makes the pages better where scripts run. Each of them does without.
"use strict";

// Buttons that need a script are shown by it.
function begin(root) {
  for (const one of root.querySelectorAll(".needs-script")) one.hidden = false;
  for (const one of root.querySelectorAll("time[data-local]")) {
    const at = new Date(one.dateTime);
    if (!Number.isNaN(at.getTime())) one.title = at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  }
}

// Copy: data-copy names the field.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const words = button.innerHTML;
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  } catch {
    // Without permission the field is selected, so that a keystroke copies it.
    field.select();
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.innerHTML = words; }, 2000);
});

// Fields that are sent as soon as they change: data-auto on a form of filters.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});

// A box that ticks all others of its form: data-all names them.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all;
  if (!name) return;
  for (const box of event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]`)) box.checked = event.target.checked;
});

// Live parts: each message is the whole new content. Whoever types or has opened something in it is not disturbed.
for (const part of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(part.dataset.live);
  let waiting = null;
  const busy = () => part.contains(document.activeElement) && document.activeElement !== document.body;
  const show = () => {
    if (waiting === null || busy()) return;
    const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
    part.innerHTML = waiting;
    waiting = null;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    begin(part);
  };
  source.addEventListener("content", (message) => { waiting = message.data; show(); });
  part.addEventListener("focusout", () => setTimeout(show, 0));
  window.addEventListener("pagehide", () => source.close());
}

// A slider whose form is answered by a part of the page: data-fragment is where it comes from, data-target what it replaces.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-fragment]");
  if (!form || event.target.type !== "range") return;
  clearTimeout(form.waiting);
  form.waiting = setTimeout(async () => {
    const query = new URLSearchParams(new FormData(form));
    const answer = await fetch(`${form.dataset.fragment}?${query}`, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const part = document.getElementById(form.dataset.target);
    part.innerHTML = await answer.text();
    history.replaceState(null, "", `?${query}`);
    begin(part);
  }, 120);
});

// Countdowns: data-until is when it is over; then the page is loaded anew, unless somebody fills in a form of it.
function countDown() {
  let over = false;
  const all = document.querySelectorAll("[data-until]");
  for (const one of all) {
    const left = Math.ceil((new Date(one.dataset.until) - Date.now()) / 1000);
    one.textContent = left > 0 ? `${left} s` : "now";
    over ||= left <= 0;
  }
  if (over && !document.activeElement?.matches("input, select, textarea")) setTimeout(() => location.reload(), 2000);
  else if (all.length) setTimeout(countDown, 500);
}
countDown();
begin(document);
