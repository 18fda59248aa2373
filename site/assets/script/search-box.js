// The search box in the head: loads the data on first use, shows what is found, follows the keyboard.
(function () {
  "use strict";

  const { store } = globalThis.apigw;
  const form = document.querySelector(".find");
  if (!form) return;
  const input = form.querySelector("input");
  const assets = new URL(".", document.currentScript.src);
  const root = new URL(form.dataset.root, location.href);
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

  const box = document.createElement("div");
  box.className = "found";
  box.hidden = true;
  const list = document.createElement("ul");
  list.id = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  const keys = document.createElement("p");
  keys.className = "keys";
  keys.textContent = form.dataset.keys;
  box.append(note, list, keys);
  form.append(box);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "found");
  input.setAttribute("aria-autocomplete", "list");

  let loading = null;
  /** Loads data and search once, as plain scripts, because a folder on disk allows nothing else. */
  function load() {
    const script = (name, there) =>
      there ||
      new Promise((done, fail) => {
        const tag = document.createElement("script");
        tag.src = new URL(name, assets).href;
        tag.onload = done;
        tag.onerror = fail;
        document.head.append(tag);
      });
    const all = async () => {
      await Promise.all([script("data.js", globalThis.apigw.data), script("reading.js", globalThis.apigw.reading)]);
      await script("search.js", globalThis.apigw.search);
    };
    loading ??= all().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  const link = (hit) => new URL(`${lang}${hit.path}${form.dataset.file}`, root).href;

  /** A message with its parameters set apart, as the tables show them. */
  function message(pieces) {
    const span = document.createElement("span");
    span.className = "wire";
    for (const piece of pieces) {
      if (typeof piece === "string") {
        span.append(piece);
      } else {
        const name = document.createElement("var");
        name.textContent = piece[0];
        span.append(name);
      }
    }
    return span;
  }

  function show(hit, into) {
    into.className = "hit";
    if (hit.name) {
      const code = document.createElement("code");
      code.textContent = hit.name;
      into.append(code, " ");
    }
    if (hit.message) into.append(message(hit.message));
    if (hit.title) into.append(hit.title[lang]);
    if (hit.about) {
      const small = document.createElement("small");
      small.textContent = hit.about[lang];
      into.append(small);
    }
    return into;
  }

  let chosen = -1;
  let hits = [];

  function choose(next) {
    const options = list.children;
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = next;
    const option = options[chosen];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function close() {
    box.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  async function search() {
    const text = input.value.trim();
    if (!text) return close();
    try {
      await load();
    } catch {
      hits = [];
      list.replaceChildren();
      note.textContent = form.dataset.fail;
      note.hidden = box.hidden = false;
      return;
    }
    if (text !== input.value.trim()) return;
    hits = globalThis.apigw.search(text, lang, 12);
    list.replaceChildren(
      ...hits.map((hit, at) => {
        const option = document.createElement("li");
        option.id = `found-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => (location.href = link(hit)));
        return show(hit, option);
      }),
    );
    note.textContent = hits.length ? "" : form.dataset.none;
    note.hidden = hits.length > 0;
    list.hidden = keys.hidden = hits.length === 0;
    box.hidden = false;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    choose(hits.length ? 0 : -1);
  }

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 60);
  });
  input.addEventListener("focus", () => {
    load().catch(() => {});
    if (input.value) search();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = hits.length - 1;
    if (event.key === "ArrowDown" && !box.hidden) choose(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp" && !box.hidden) choose(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Escape" && !box.hidden) close();
    else if (event.key === "Enter" && !box.hidden && hits[chosen]) location.href = link(hits[chosen]);
    else return;
    event.preventDefault();
  });
  // Enter before anything is found leads to the page of results.

  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || store.get("slash") === "off") return;
    const { target } = event;
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  if (store.get("slash") === "off") form.querySelector("kbd").hidden = true;
  form.hidden = false;

  /** The page of results. */
  async function page() {
    const results = document.getElementById("results");
    if (!results) return;
    const shortcut = document.getElementById("keys");
    const check = shortcut.querySelector("input");
    check.checked = store.get("slash") !== "off";
    check.addEventListener("change", () => {
      store.set("slash", check.checked ? null : "off");
      form.querySelector("kbd").hidden = !check.checked;
    });
    shortcut.hidden = false;
    const text = new URLSearchParams(location.search).get("q")?.trim();
    if (!text) return;
    input.value = text;
    try {
      await load();
    } catch {
      results.textContent = form.dataset.fail;
      return;
    }
    const all = globalThis.apigw.search(text, lang, 100);
    const ul = document.createElement("ul");
    ul.className = "hits";
    for (const hit of all) {
      const item = document.createElement("li");
      const anchor = document.createElement("a");
      anchor.href = link(hit);
      anchor.append(show(hit, document.createElement("span")));
      item.append(anchor);
      ul.append(item);
    }
    if (all.length) results.replaceChildren(ul);
    else results.textContent = form.dataset.none;
  }
  page();
})();
