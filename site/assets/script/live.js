// While the site is being edited: loads the page anew when another process serves it.
(function () {
  "use strict";
  let first = null;
  async function look() {
    try {
      const now = await (await fetch("/-/live", { cache: "no-store" })).text();
      first ??= now;
      if (now !== first) location.reload();
    } catch {
      // The new process has not begun to listen yet.
    }
  }
  setInterval(look, 500);
})();
