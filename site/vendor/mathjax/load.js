/* Typeset formulas once the page has loaded and its explorers answer, a few at a time, so that
   the page goes on answering meanwhile. */
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
  options: { ignoreHtmlClass: "tex2jax_ignore|mathjax_ignore", processHtmlClass: "math" },
  startup: {
    typeset: false,
    pageReady: () => window.MathJax.startup.defaultPageReady().then(typesetAll),
  },
};

const sliceMs = 8;
const whenIdle = window.requestIdleCallback ?? ((run) => setTimeout(run, 16));

/* Typeset every formula, those in view first; all that are left when the page is printed. */
function typesetAll() {
  const inView = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  };
  const formulas = [...document.querySelectorAll(".math")];
  const queue = [...formulas.filter(inView), ...formulas.filter((one) => !inView(one))];
  const typesetFor = (milliseconds) => {
    const end = performance.now() + milliseconds;
    while (queue.length && performance.now() < end) window.MathJax.typeset([queue.shift()]);
  };
  const next = () => {
    typesetFor(sliceMs);
    if (queue.length) whenIdle(next, { timeout: 200 });
    else document.fonts.ready.then(letKeyboardScroll);
  };
  addEventListener("beforeprint", () => typesetFor(Infinity));
  addEventListener("resize", letKeyboardScroll);
  next();
}

/* A formula wider than its column scrolls: the keyboard must reach it. */
function letKeyboardScroll() {
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    formula.tabIndex = formula.scrollWidth > formula.clientWidth ? 0 : -1;
  }
  document.documentElement.dataset.typeset = "done";
}

addEventListener("load", () => {
  whenIdle(
    () => {
      const script = document.createElement("script");
      script.src = `${window.MathJax.loader.paths.mathjax}/startup.js`;
      document.head.append(script);
    },
    { timeout: 500 },
  );
});
