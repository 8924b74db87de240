"""Join plain ES modules into one text, since a widget's module cannot import its neighbours.

anywidget loads ``_esm`` from a blob URL, where relative imports fail, and a page opened from
disk may not import modules at all. So the files stay plain ES modules and are joined here:
each becomes a function that returns its exports, called once, when somebody first needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
LAST = "explorers.js"
"""The script that holds what most widgets share, and mounts them."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)

_ONCE = """const once = (make) => {
  let made;
  return () => (made ??= make());
};
"""


def _name(path: Path) -> str:
    return path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else path.name


def _join(path: Path, done: dict[Path, str]) -> None:
    """Add the text of `path` to `done`, after the texts of the modules that it imports."""
    if path in done:
        return
    text = path.read_text(encoding="utf-8")
    for match in _IMPORT.finditer(text):
        _join((path.parent / match[2]).resolve(), done)

    def bind(match: re.Match[str]) -> str:
        names = match[1].replace(" as ", ": ").strip().rstrip(",")
        source = _name((path.parent / match[2]).resolve())
        return f'const {{ {" ".join(names.split())} }} = modules["{source}"]();\n'

    exports = _EXPORT.findall(text)
    body = _EXPORT.sub("", _IMPORT.sub(bind, text))
    left = re.search(r"^(?:import\b.*[\"'].*|export\b.*)", body, re.MULTILINE)
    if left:
        raise ValueError(f"{path.name}: {left[0]!r} is not of a form that can be joined")
    body += f"return {{ {', '.join(exports)} }};\n"
    done[path] = f'modules["{_name(path)}"] = once(() => {{\n{body}}});\n'


def link_widget(name: str) -> str:
    """Return the ES module text of the widget file `name`, for anywidget's ``_esm``.

    Parameters
    ----------
    name : str
        File name below ``cnnlib/explorers``, such as ``"convolution.js"``. The file exports
        one ``widget`` object with a ``render`` function.

    Returns
    -------
    str
        One module without imports, whose default export is that ``widget``.

    Raises
    ------
    ValueError
        If a module holds an import or export of another form than
        ``import { a, b } from "./file.js";`` and ``export function|const|class``.
    """
    done: dict[Path, str] = {}
    _join((HERE / name).resolve(), done)
    joined = "".join(done.values())
    return f'const modules = {{}};\n{_ONCE}{joined}export default modules["{name}"]().widget;\n'


class SiteScripts(NamedTuple):
    """The classic scripts of a static page, which need no module loader: also from disk.

    Each registers the modules that it holds, and runs none of them; so they may come in any order,
    but for ``LAST``, which every page with widgets loads after the others and which mounts them.
    """

    texts: dict[str, str]
    """The text of each script by the name of its file."""
    needed: dict[str, list[str]]
    """What each widget, by the name of its module, needs besides ``LAST``."""

    def of_page(self, widgets: Iterable[str]) -> list[str]:
        """Return the names of the scripts that a page with these widgets loads, in order."""
        own = {name: None for widget in widgets for name in self.needed.get(widget, [])}
        return [*own, LAST]


def link_site(mount: Path) -> SiteScripts:
    """Return the scripts that bring the widgets of static pages to life.

    Parameters
    ----------
    mount : Path
        The page's own module, ``site/mount.js``, which exports ``mount(find)``.

    Returns
    -------
    SiteScripts
        Each module once: one script for the modules of each widget, one for those that just two
        widgets share, and ``LAST``, with what more of them need, and `mount`.
    """
    done: dict[Path, str] = {}
    users: dict[Path, list[str]] = {}
    _join(mount.resolve(), done)
    basic = set(done)
    for path in sorted(HERE.glob("*.js")):
        reached: dict[Path, str] = {}
        _join(path.resolve(), reached)
        for module in reached:
            users.setdefault(module, []).append(path.stem)
        done |= reached
    texts: dict[str, str] = {}
    needed: dict[str, list[str]] = {}
    for module, text in done.items():
        shared = module in basic or len(users[module]) > 2
        name = LAST if shared else f"explorers-{'-'.join(users[module])}.js"
        for widget in [] if shared or name in texts else users[module]:
            needed.setdefault(widget, []).append(name)
        texts[name] = texts.get(name, "") + text
    texts[LAST] += (
        f'modules["{_name(mount)}"]().mount((name) => modules[`${{name}}.js`]?.().widget);\n'
    )
    return SiteScripts({name: _wrap(text) for name, text in texts.items()}, needed)


def _wrap(text: str) -> str:
    registry = "const modules = (globalThis.cnnModules ??= {});\n"
    return f'(() => {{\n"use strict";\n{registry}{_ONCE}{text}}})();\n'
