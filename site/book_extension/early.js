/* In the head of each page with widgets, before anything is painted. */
(() => {
  const root = document.documentElement;
  const embedded = new URLSearchParams(location.search).get("embed");
  root.classList.add("cnn-js");
  root.classList.toggle("cnn-embed", embedded !== null);
  addEventListener("load", () => {
    for (const widget of document.querySelectorAll(".cnn-widget")) {
      widget.classList.toggle("cnn-stopped", !widget.querySelector("[data-explorer]"));
    }
    if (!document.getElementById(`explorer-${embedded}`)) root.classList.remove("cnn-embed");
  });
})();
