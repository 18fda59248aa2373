// Narrows the overview in place. The state is the address: `?vendor=…&status=429,430&text=…`.
(function () {
  "use strict";

  const nav = document.querySelector(".filters");
  const form = nav.querySelector(".narrow");
  const [input, output, clear] = ["input", "output", "button"].map((name) => form.querySelector(name));
  const rows = [...document.querySelectorAll("tr[data-vendor]")].map((row) => ({
    row,
    text: row.textContent.toLowerCase() + " " + row.id.toLowerCase(),
    values: (facet) => row.dataset[facet].split(" "),
  }));
  const chips = [...nav.querySelectorAll("[data-facet] a")].map((link) => ({
    link,
    facet: link.closest("[data-facet]").dataset.facet,
    value: link.dataset.value,
    count: link.querySelector("small"),
  }));
  const facets = [...new Set(chips.map((chip) => chip.facet))];

  /** What the address says. */
  function read() {
    const query = new URLSearchParams(location.search);
    const chosen = new Map(facets.map((facet) => [facet, new Set((query.get(facet) || "").split(",").filter(Boolean))]));
    return { chosen, text: query.get("text") || "" };
  }

  function address(state) {
    const query = new URLSearchParams();
    for (const [facet, values] of state.chosen) if (values.size) query.set(facet, [...values].join(","));
    if (state.text.trim()) query.set("text", state.text.trim());
    const search = query.toString().replaceAll("%2C", ",");
    return location.pathname + (search ? "?" + search : "");
  }

  /** The same state with one value put in or taken out. */
  function toggled(state, facet, value) {
    const chosen = new Map([...state.chosen].map(([name, values]) => [name, new Set(values)]));
    const values = chosen.get(facet);
    if (!values.delete(value)) values.add(value);
    return { ...state, chosen };
  }

  function fits({ text, values }, state, but) {
    for (const [facet, wanted] of state.chosen) {
      if (facet !== but && wanted.size && !values(facet).some((value) => wanted.has(value))) return false;
    }
    return state.text.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  function show() {
    const state = read();
    let shown = 0;
    for (const one of rows) {
      one.row.hidden = !fits(one, state);
      if (!one.row.hidden) shown += 1;
    }
    // Headings without rows go, too.
    for (const table of document.querySelectorAll("table.codes")) {
      const empty = !table.querySelector("tbody tr:not([hidden])");
      table.hidden = table.previousElementSibling.hidden = empty;
    }
    for (const section of document.querySelectorAll("main > section.block")) {
      section.hidden = !section.querySelector("table:not([hidden])");
    }
    for (const facet of facets) {
      const open = rows.filter((one) => fits(one, state, facet));
      for (const chip of chips.filter((chip) => chip.facet === facet)) {
        const count = open.filter((one) => one.values(facet).includes(chip.value)).length;
        const on = state.chosen.get(facet).has(chip.value);
        chip.count.textContent = count;
        chip.link.classList.toggle("none", count === 0 && !on);
        if (on) chip.link.setAttribute("aria-current", "true");
        else chip.link.removeAttribute("aria-current");
        if (on) chip.link.closest("details")?.setAttribute("open", "");
        chip.link.href = address(toggled(state, facet, chip.value));
      }
    }
    if (input.value.trim() !== state.text) input.value = state.text;
    output.textContent = nav.dataset.count.replace("{shown}", shown).replace("{total}", rows.length);
    clear.hidden = address(state) === location.pathname;
  }

  function go(to, replace) {
    history[replace ? "replaceState" : "pushState"](null, "", to);
    show();
  }

  nav.addEventListener("click", (event) => {
    const link = event.target.closest("[data-facet] a");
    // A new tab or window gets the address as it is.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.href);
  });
  input.addEventListener("input", () => go(address({ ...read(), text: input.value }), true));
  form.addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", () => {
    input.value = "";
    go(location.pathname);
    input.focus();
  });
  addEventListener("popstate", show);
  form.hidden = false;
  show();
})();
