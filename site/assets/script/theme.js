// Sets the reader's choice of light or dark before anything is drawn; without one the system decides.
(function () {
  "use strict";
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage: the system decides.
  }
})();
