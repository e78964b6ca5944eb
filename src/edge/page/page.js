// Filters the entries of a page. The choice stands in the address behind “#”, so that a link shows the same to others.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const form = document.querySelector("form.filter");
  const openAll = () => document.querySelectorAll("details").forEach((one) => { one.open = true; });
  addEventListener("beforeprint", openAll);
  if (!form) return;
  form.hidden = false;

  const told = document.getElementById("told");
  const units = Array.from(document.querySelectorAll(".unit"), (box) => ({
    box,
    name: box.dataset.u.toLowerCase(),
    entries: Array.from(box.querySelectorAll(":scope > .list > li"), (item) => ({ item, text: null })),
  }));
  const levels = Array.from(form.querySelectorAll("input[name=level]"));
  const fields = ["unit", "rule", "text"].filter((name) => form.elements[name]);
  const value = (name) => (form.elements[name] ? form.elements[name].value.trim().toLowerCase() : "");
  const words = (item, key) => (item.dataset[key] || "").split(" ");

  function chosen() {
    const on = levels.filter((box) => box.checked).map((box) => box.value);
    return { levels: new Set(on), all: on.length === levels.length, unit: value("unit"), rule: value("rule"), text: value("text") };
  }

  function fits(entry, want) {
    if (!want.all && !words(entry.item, "s").some((level) => want.levels.has(level))) return false;
    if (want.rule && !words(entry.item, "r").some((rule) => rule.toLowerCase() === want.rule)) return false;
    if (!want.text) return true;
    if (entry.text === null) entry.text = entry.item.textContent.toLowerCase();
    return entry.text.includes(want.text);
  }

  function show() {
    const want = chosen();
    let shown = 0, all = 0;
    for (const unit of units) {
      const isOpen = !want.unit || unit.name.includes(want.unit);
      let here = 0;
      for (const entry of unit.entries) {
        const count = Number(entry.item.dataset.n || 1);
        const isShown = isOpen && fits(entry, want);
        entry.item.hidden = !isShown;
        all += count;
        here += isShown ? count : 0;
      }
      unit.box.hidden = here === 0;
      shown += here;
    }
    told.textContent = told.dataset[shown === all ? "whole" : "part"].replaceAll("{shown}", shown).replaceAll("{all}", all);
  }

  function remember() {
    const parts = new URLSearchParams();
    const want = chosen();
    if (!want.all) parts.set("level", Array.from(want.levels).join(","));
    for (const name of fields) if (form.elements[name].value.trim()) parts.set(name, form.elements[name].value.trim());
    const hash = parts.toString();
    try {
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    } catch {
      // Some browsers refuse this for pages that were opened from a disk; the filter works all the same.
    }
  }

  // An address without “=” is a place on the page and leaves the filter as it is.
  function recall() {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) return;
    const parts = new URLSearchParams(hash);
    const wanted = parts.has("level") ? parts.get("level").split(",") : null;
    for (const box of levels) box.checked = !wanted || wanted.includes(box.value);
    for (const name of fields) form.elements[name].value = parts.get(name) || "";
    show();
    form.scrollIntoView();
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { show(); remember(); }, 120);
  });
  form.addEventListener("reset", () => setTimeout(() => { show(); remember(); }));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", recall);
  show();
  recall();
});
