// What the keyboard and the page need beyond HTML and htmx. Everything works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("has-js");

  const rows = () => [...document.querySelectorAll("[data-row]")];
  const cursor = () => document.querySelector("[data-row].cursor");
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  function moveTo(row) {
    if (!row) return;
    cursor()?.classList.remove("cursor");
    row.classList.add("cursor");
    (row.querySelector("[data-open]") || row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(cursor());
    moveTo(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]);
  }

  function pick() {
    if (!cursor()) moveTo(rows()[0]);
    const box = cursor()?.querySelector("[data-pick]");
    if (box) box.click();
  }

  // A key presses what carries it: for all rows that are chosen, else inside the row with the cursor, else anywhere on the page.
  // What only rows carry never acts without a cursor: the first press shows which row is meant.
  function press(key) {
    const wanted = `[data-key~="${CSS.escape(key)}"]`;
    const many = document.querySelector("[data-pick]:checked") && document.querySelector(`[data-many~="${CSS.escape(key)}"]`);
    const all = [...document.querySelectorAll(wanted)];
    const found = many || cursor()?.querySelector(wanted) || all.find((e) => !e.closest("[data-row]"));
    if (!found && all.length && !cursor()) {
      moveTo(all[0].closest("[data-row]"));
      return true;
    }
    if (!found) return false;
    if (found.matches("input, select, textarea")) found.focus();
    else if (found.matches("details")) found.open = !found.open;
    else found.click();
    return true;
  }

  const keys = { j: () => step(1), k: () => step(-1), x: pick, o: () => cursor()?.querySelector("[data-open]")?.click() };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      document.getElementById("search")?.focus();
      return;
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      if (typing(event.target)) event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key.length === 1 && event.key !== " " && press(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row !== cursor()) {
      cursor()?.classList.remove("cursor");
      row.classList.add("cursor");
    }
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  });

  // A box may stand outside the form it belongs to, because forms do not nest.
  function count(form) {
    const boxes = [...form.elements].filter((box) => box.matches("[data-pick]"));
    const picked = boxes.filter((box) => box.checked);
    form.querySelectorAll("[data-picked]").forEach((e) => (e.textContent = picked.length));
    const all = form.querySelector("[data-pick-all]");
    if (all) {
      all.checked = boxes.length > 0 && picked.length === boxes.length;
      all.indeterminate = picked.length > 0 && picked.length < boxes.length;
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form) return;
    if (event.target.matches("[data-pick-all]")) form.querySelectorAll("[data-pick]").forEach((box) => (box.checked = event.target.checked));
    if (event.target.matches("[data-pick], [data-pick-all]")) count(form);
  });

  // Who comes to an entry of the story by a link sees what is folded into it.
  const unfold = () => document.querySelector(".story :target details")?.setAttribute("open", "");
  addEventListener("hashchange", unfold);
  addEventListener("DOMContentLoaded", unfold);

  // After a swap the cursor stays at its place, so that done, done, done needs one key each.
  let place = -1;
  document.addEventListener("htmx:beforeSwap", () => (place = rows().indexOf(cursor())));
  const putBack = () => {
    if (!cursor() && document.activeElement === document.body && place >= 0) moveTo(rows()[Math.min(place, rows().length - 1)]);
  };
  document.addEventListener("htmx:afterSwap", putBack); // at once, for whoever types fast
  document.addEventListener("htmx:afterSettle", () => {
    putBack();
    document.querySelectorAll("form").forEach((form) => form.querySelector("[data-picked]") && count(form));
  });

  document.addEventListener("htmx:responseError", () => toast("That did not work. Nothing was changed; please try again."));
  document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Nothing was changed."));

  function toast(words) {
    const box = document.getElementById("toasts");
    const mold = document.getElementById("toast-mold");
    if (!box || !mold) return;
    const made = mold.content.cloneNode(true);
    made.querySelector("p").textContent = words;
    box.append(made);
  }
})();
