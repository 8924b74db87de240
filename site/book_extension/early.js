/* In the head of each page with widgets, before anything is painted: hide the stand-ins, which
   come back where no explorer has taken their place, and say whether one is shown alone. */
(() => {
  const patienceMs = 3000;
  const root = document.documentElement;
  root.classList.add("cnn-js");
  root.classList.toggle("cnn-embed", new URLSearchParams(location.search).has("embed"));
  const giveUp = () => {
    for (const widget of document.querySelectorAll(".cnn-widget")) {
      widget.classList.toggle("cnn-stopped", !widget.querySelector("[data-explorer]"));
    }
    if (!document.querySelector(".cnn-embed-path")) root.classList.remove("cnn-embed");
  };
  addEventListener("load", () => setTimeout(giveUp, patienceMs));
})();
