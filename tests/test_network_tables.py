"""A summary prints as an aligned table, and as an accessible one in HTML."""

from __future__ import annotations

from xml.etree import ElementTree

from torch import nn

from cnnlib.network import summarize

COLUMNS = ("name", "kind", "output shape", "parameters", "MACs")


def small_net():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(36, 2)
    )


def test_the_text_is_an_aligned_table():
    assert str(summarize(small_net(), (2, 3, 8, 8))).splitlines() == [
        "Sequential on an input of (2, 3, 8, 8)",
        "",
        "name   kind         output shape  parameters   MACs  receptive field  jump  start",
        "-----  -----------  ------------  ----------  -----  ---------------  ----  -----",
        "0      Conv2d       (2, 4, 3, 3)         112  1,944                3     2      0",
        "1      BatchNorm2d  (2, 4, 3, 3)           8      0                3     2      0",
        "2      ReLU         (2, 4, 3, 3)           0      0                3     2      0",
        "3      Flatten      (2, 36)                0      0                3     2      0",
        "4      Linear       (2, 2)                74    144          7 (all)            0",
        "-----  -----------  ------------  ----------  -----  ---------------  ----  -----",
        "total  5 calls                           194  2,088",
        "all: each unit sees a whole map; the number is what that spans, padding included.",
    ]


def test_the_html_is_an_accessible_table_with_the_same_cells():
    summary = summarize(nn.Sequential(small_net(), nn.Softmax(1)), (2, 3, 8, 8))
    html = summary._repr_html_()
    root = ElementTree.fromstring(html)
    caption = "Sequential on an input of (2, 3, 8, 8)"
    assert root.find(".//caption").text == caption
    scroller = root.find("div")
    assert scroller.attrib["tabindex"] == "0"
    assert (scroller.attrib["role"], scroller.attrib["aria-label"]) == ("group", caption)
    assert [(th.text, th.attrib["scope"]) for th in root.findall(".//thead//th")] == [
        (text, "col") for text in (*COLUMNS, "receptive field", "jump", "start")
    ]
    rows = root.findall(".//tbody/tr") + root.findall(".//tfoot/tr")
    assert all(row[0].tag == "th" and row[0].attrib["scope"] == "row" for row in rows)
    assert ["".join(f"{cell.text or ''} " for cell in row).split() for row in rows] == [
        line.split() for line in str(summary).splitlines()[4:-1] if not line.startswith("--")
    ]
    assert root.find("p").text == str(summary).splitlines()[-1]
    assert "color" not in html
    assert "background" not in html
    assert html == summarize(nn.Sequential(small_net(), nn.Softmax(1)), (2, 3, 8, 8))._repr_html_()
    assert repr(summary) == str(summary)


def test_names_are_escaped_in_html():
    class Odd(nn.ReLU):
        pass

    Odd.__name__ = "<b>&"
    html = summarize(Odd(), (1,))._repr_html_()
    assert "<b>" not in html
    assert '<td style="text-align: left">&lt;b&gt;&amp;</td>' in html
