"""Join plain ES modules into one text, since a widget's module cannot import its neighbours.

anywidget loads ``_esm`` from a blob URL, where relative imports fail, and a page opened from
disk may not import modules at all. So the files stay plain ES modules and are joined here:
each becomes a function that returns its exports, called once, when somebody first needs them.
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)


_START = """const modules = {};
const once = (make) => {
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
    return f'{_START}{joined}export default modules["{name}"]().widget;\n'


def link_site(mount: Path) -> str:
    """Return the classic script that brings every widget of a static page to life.

    Parameters
    ----------
    mount : Path
        The page's own module, ``site/mount.js``, which exports ``mount(widgets)``.

    Returns
    -------
    str
        All widget modules (each shared module once) and `mount`, in one function. It needs no
        module loader, so it also runs on a page opened from disk.
    """
    done: dict[Path, str] = {}
    widgets = sorted(path.resolve() for path in HERE.glob("*.js"))
    for path in (*widgets, mount.resolve()):
        _join(path, done)
    table = "".join(
        f'  get {path.stem}() {{ return modules["{path.name}"]().widget; }},\n' for path in widgets
    )
    return (
        f'(() => {{\n"use strict";\n{_START}'
        + "".join(done.values())
        + f'modules["{mount.name}"]().mount({{\n{table}}});\n}})();\n'
    )
