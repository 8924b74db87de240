/* What the printed document cannot know before it stands in a browser: formulas as text, numbers of
   links, and, once it was printed, the page that each place came to. */
window.edition = (() => {
  const strip = /\\(?:input|kernel|output)c\{((?:[^{}]|\{[^{}]*\})*)\}/g;
  const notes = new Map();
  const placeOf = (link) => decodeURIComponent(link.hash.slice(1));

  /** Give each formula its TeX as text alternative, in place of markup that is clipped away. Its
      glyphs are generated content, which gets no tag: a space beside them does, and carries it. */
  function nameFormulas() {
    for (const item of window.MathJax.startup.document.math) {
      const root = item.typesetRoot;
      root.querySelector("mjx-assistive-mml")?.remove();
      root.removeAttribute("tabindex");
      root.setAttribute("role", "img");
      let tex = item.math.replace(/\\(?:begin|end)\{split\}/g, "");
      for (let before = ""; before !== tex;) [before, tex] = [tex, tex.replace(strip, "$1")]; // one within another
      root.setAttribute("aria-label", `Formula: ${tex.replace(/\s+/g, " ").trim()}`);
      const tagged = document.createElement("span");
      tagged.className = "edition-tagged";
      tagged.textContent = "\u00a0";
      root.append(tagged);
    }
  }

  /** Number the links that lead out of the book: a number for each address, in order. */
  function numberLinks() {
    for (const link of document.querySelectorAll('a[href^="http"]')) {
      if (link.closest(".citation")) {
        link.classList.add("edition-address");
        continue;
      }
      if (!notes.has(link.href)) notes.set(link.href, notes.size + 1);
      const number = document.createElement("sup");
      number.className = "edition-note";
      number.textContent = notes.get(link.href);
      link.append(number);
    }
    return Object.fromEntries(notes);
  }

  /** The place of each chapter's head, in the order of the book. */
  function chapterHeads() {
    return [...document.querySelectorAll(".edition-contents .edition-h1 a")].map(placeOf);
  }

  /** Write the page numbers behind links within the document. */
  function fillPages(pages) {
    for (const link of document.querySelectorAll(".edition-contents a, a.edition-across")) {
      link.dataset.page = pages[placeOf(link)] ?? "000";
    }
  }

  /** Elements that reach beyond the column, and those that cut off what is in them. */
  function overflowing() {
    const main = document.querySelector("main").getBoundingClientRect();
    return [...document.querySelectorAll("main *:not(mjx-math *)")]
      .filter((one) => {
        const box = one.getBoundingClientRect();
        const cut = getComputedStyle(one).overflowX !== "visible"
          && one.scrollWidth > one.clientWidth + 1;
        return box.width > 1 && (box.right > main.right + 1 || box.left < main.left - 1 || cut);
      })
      .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 60)}`);
  }

  return { nameFormulas, numberLinks, chapterHeads, fillPages, overflowing };
})();
