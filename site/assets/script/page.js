// What every page does: the theme's switch, copying, unfolding.
(function () {
  "use strict";

  const store = {
    get(key) {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Nothing is remembered then.
      }
    },
  };
  globalThis.apigw = { store };

  function theme() {
    const button = document.querySelector(".theme");
    if (!button) return;
    const next = { auto: "light", light: "dark", dark: "auto" };
    let now = document.documentElement.dataset.theme || "auto";
    const show = () => {
      button.setAttribute("aria-label", button.dataset[now]);
      button.title = button.dataset[now];
    };
    button.addEventListener("click", () => {
      now = next[now];
      if (now === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = now;
      store.set("theme", now === "auto" ? null : now);
      show();
    });
    show();
    button.hidden = false;
  }

  function copying() {
    if (!navigator.clipboard) return;
    const word = document.body.dataset.copy.split("|");
    for (const box of document.querySelectorAll(".copy")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = word[0];
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(box.querySelector("pre").textContent);
        button.textContent = word[1];
        setTimeout(() => (button.textContent = word[0]), 2000);
      });
      box.append(button);
    }
  }

  function unfolding() {
    const line = document.getElementById("unfold");
    if (!line) return;
    const button = line.querySelector("button");
    let open = false;
    button.addEventListener("click", () => {
      open = !open;
      for (const branch of document.querySelectorAll("details.branch")) branch.open = open;
      button.textContent = open ? button.dataset.close : button.dataset.open;
    });
    line.hidden = false;
  }

  /** A link to a folded part unfolds it. */
  function unfoldTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }

  theme();
  copying();
  unfolding();
  unfoldTarget();
  addEventListener("hashchange", unfoldTarget);
})();
