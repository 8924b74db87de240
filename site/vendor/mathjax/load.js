/* Typeset formulas once the page has loaded and its explorers answer. */
window.MathJax = {
  loader: {
    load: [
      "core", "input/tex", "[tex]/html", "[tex]/color", "[tex]/boldsymbol",
      "output/chtml", "a11y/assistive-mml",
    ],
    paths: { mathjax: document.currentScript.src.replace(/\/load\.js.*$/, "") },
  },
  tex: {
    inlineMath: [["\\(", "\\)"]],
    displayMath: [["\\[", "\\]"]],
    packages: { "[+]": ["html", "color", "boldsymbol"], "[-]": ["autoload", "require"] },
    macros: {
      inputc: ["\\class{hue-input}{#1}", 1],
      kernelc: ["\\class{hue-kernel}{#1}", 1],
      outputc: ["\\class{hue-output}{#1}", 1],
    },
  },
  startup: {
    pageReady: () => window.MathJax.startup.defaultPageReady().then(letKeyboardScroll),
  },
  options: { ignoreHtmlClass: "tex2jax_ignore|mathjax_ignore", processHtmlClass: "math" },
};

/* A formula wider than its column scrolls: the keyboard must reach it. */
function letKeyboardScroll() {
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    formula.tabIndex = formula.scrollWidth > formula.clientWidth ? 0 : -1;
  }
}

(() => {
  const base = window.MathJax.loader.paths.mathjax;
  const start = () => {
    const script = document.createElement("script");
    script.src = `${base}/startup.js`;
    document.head.append(script);
  };
  const whenIdle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 1));
  addEventListener("load", () => whenIdle(start, { timeout: 500 }));
  addEventListener("resize", letKeyboardScroll);
})();
