/* Finds what a narrow window cuts off, has overlap, or pushes out of a page; see reflow.py. */
() => {
    const faults = [];
    const tell = (what, el) => {
        const words = (el.ariaLabel || el.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
        const box = el.getBoundingClientRect();
        faults.push(`${what}: <${el.tagName.toLowerCase()} class="${el.getAttribute("class") ?? ""}"> ` +
            `${words} (${Math.round(box.left)} to ${Math.round(box.right)})`);
    };
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
        faults.push(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);
    }
    const within = (box, outer) => box.left >= outer.left - 2 && box.right <= outer.right + 2;
    const scrolls = (style) => /auto|scroll/.test(style.overflowX);
    const clips = (style) => /hidden|clip/.test(style.overflowX) || /strict|content|paint/.test(style.contain);

    /* Whether something between an element and the page cuts it off, and cannot be scrolled. */
    const cut = (el) => {
        let box = el.getBoundingClientRect();
        for (let at = el.parentElement; at && at !== document.body; at = at.parentElement) {
            const style = getComputedStyle(at);
            const outer = at.getBoundingClientRect();
            if (scrolls(style)) {
                box = outer;
            } else if (clips(style) && !within(box, outer)) return true;
        }
        return !within(box, { left: 0, right: root.clientWidth });
    };
    const seen = (el) => el.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false }) &&
        !el.closest(".cnn-live-text, .cnn-lane-head, .visually-hidden, [aria-hidden=true], dialog") && el.getBoundingClientRect().width > 1;

    /* What is in sight of a box within what scrolls or clips. */
    const shownPart = (el, { left, right, top, bottom }) => {
        for (let at = el; at && at !== document.body; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (!scrolls(style) && !clips(style)) continue;
            const outer = at.getBoundingClientRect();
            [left, right] = [Math.max(left, outer.left), Math.min(right, outer.right)];
            [top, bottom] = [Math.max(top, outer.top), Math.min(bottom, outer.bottom)];
        }
        return { left, right, top, bottom };
    };

    const main = document.querySelector(".bd-article") ?? document.querySelector("main") ?? document.body;
    const controls = [...main.querySelectorAll("button, select, input, textarea, summary, .cnn-explorer label, .cnn-gridbox, .cnn-caption, .cnn-title")]
        .filter(seen);
    for (const el of controls) if (cut(el)) tell("cut off", el);
    for (const el of main.querySelectorAll("p, li, h1, h2, h3, h4, table, pre, figure, mjx-container, img, .admonition")) {
        if (seen(el) && !el.closest(".cnn-explorer, mjx-container mjx-container") && cut(el)) tell("cut off", el);
    }

    /* Within an explorer, controls and texts that lie on each other. */
    for (const explorer of document.querySelectorAll(".cnn-explorer")) {
        const boxes = [...explorer.querySelectorAll("button, select, input:not(.cnn-cell-editor), .cnn-caption, .cnn-value, th, td, p, .cnn-title")]
            .filter((el) => seen(el) && getComputedStyle(el).position !== "sticky" && !el.closest("svg, [role=grid], pre")).flatMap((el) => {
                if (!el.matches("th, td, p, .cnn-caption, .cnn-title")) return [[el, el.getBoundingClientRect()]];
                const found = [];
                const walk = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) {
                    const text = walk.currentNode;
                    if (!text.data.trim() || !seen(text.parentElement) || text.parentElement.closest("th, td, p, .cnn-caption, option, button") !== el) continue;
                    const range = document.createRange();
                    range.selectNodeContents(text);
                    for (const box of range.getClientRects()) found.push([el, box]);
                }
                return found;
            }).map(([el, box]) => [el, shownPart(el, box)]);
        for (let a = 0; a < boxes.length; a += 1) {
            for (let b = a + 1; b < boxes.length; b += 1) {
                const [one, p] = boxes[a];
                const [two, q] = boxes[b];
                if (one === two || one.contains(two) && one.matches("label") || two.contains(one) && two.matches("label")) continue;
                const [x, y] = [Math.min(p.right, q.right) - Math.max(p.left, q.left), Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top)];
                if (x > 3 && y > 5) tell(`lies on "${(two.ariaLabel || two.textContent || two.value).trim().slice(0, 30)}"`, one);
            }
        }
    }
    return [...new Set(faults)];
}
