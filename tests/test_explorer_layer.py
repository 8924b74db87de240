"""LayerExplorer in a real browser: its sums and its costs, held to cnnlib and torch."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from torch import nn

from cnnlib import shapes
from cnnlib.explorers import LayerExplorer
from tests.book_pages import violations
from tools.widget_page import grid_values, open_page, run_python

SIZES = ("kernel_size", "stride", "dilation")
ALEXNET = {"out_channels": 96, "kernel_size": 11, "stride": 4, "height": 227, "width": 227}
HUGE = {"in_channels": 4096, "out_channels": 4096, "kernel_size": 1, "height": 1024, "width": 1024}


def update(page: Any, **settings: Any) -> None:
    """Bring the explorer of the page into another state."""
    page.evaluate("s => document.querySelector('[data-explorer]').update(s)", settings)


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return settings that are legal together."""
    while True:
        groups = int(rng.integers(1, 4))
        settings = {
            "batch": int(rng.integers(1, 4)),
            "groups": groups,
            "in_channels": groups * int(rng.integers(1, 5)),
            "out_channels": groups * int(rng.integers(1, 5)),
            "height": int(rng.integers(1, 16)),
            "width": int(rng.integers(1, 16)),
            "bias": bool(rng.integers(2)),
            "filter": int(rng.integers(0, 12)),
            "row": int(rng.integers(0, 8)),
            "col": int(rng.integers(0, 8)),
        }
        for name, most in (("kernel_size", 5), ("stride", 4), ("dilation", 3)):
            pair = rng.integers(1, most + 1, 2).tolist()
            settings[name] = pair if pair[0] != pair[1] else pair[0]
        kind = rng.integers(4)
        settings["padding"] = ["same", "valid", int(rng.integers(4)), [2, 1]][kind]
        if kind == 0:
            settings["stride"] = 1
        try:
            LayerExplorer(**settings)
        except ValueError:
            continue
        return settings


def torch_layer(settings: dict[str, Any], **how: Any) -> nn.Conv2d:
    """Make the layer of some settings with torch."""
    names = ("in_channels", "out_channels", *SIZES, "padding", "groups", "bias")
    return nn.Conv2d(**{name: settings[name] for name in names}, **how)


def numbers(page: Any) -> dict[str, tuple[int, ...]]:
    """Return the counts that the table shows, by row."""
    rows = page.locator(".cnn-costs tbody tr")
    return {
        row.get_attribute("data-row"): tuple(
            int(text.replace(",", "")) for text in row.locator(".cnn-count").all_inner_texts()
        )
        for row in rows.all()
    }


def test_two_hundred_random_states_agree_with_the_reference(page: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    open_page(page, tmp_path, [LayerExplorer(name="any")])
    for _ in range(200):
        settings = random_settings(rng)
        explorer = LayerExplorer(**settings)
        expected = explorer.result("reference")
        shown, cells, summary, total = page.evaluate(
            """settings => {
                const root = document.querySelector("[data-explorer]");
                root.update(settings);
                const cells = root.querySelectorAll("[aria-label=output] [role=gridcell]");
                const text = (name) => root.querySelector(name).textContent;
                return [root.answer(), Array.from(cells, (cell) => Number(cell.dataset.value)),
                        text(".cnn-summary"), text(".cnn-adding")];
            }""",
            settings,
        )
        np.testing.assert_array_equal(np.reshape(shown, expected.shape), expected)
        np.testing.assert_array_equal(np.reshape(cells, expected.shape), expected)
        counts = explorer.counts()
        size = f"makes {explorer.output_size()} of"
        assert summary.startswith(f"{explorer.call()} {size}")
        assert f" {counts['convolution'][0]:,} parameters, {counts['convolution'][1]:,} " in summary
        row, col = (
            min(settings[axis], n - 1)
            for axis, n in zip(("row", "col"), expected.shape, strict=True)
        )
        plain = total.replace("\N{MINUS SIGN}", "-").replace(" (bias)", "")
        terms, result = plain.split(" = ")
        assert sum(map(int, terms.split(" + "))) == int(result) == expected[row, col]


def test_results_and_counts_are_those_of_torch_layers() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        settings = random_settings(rng)
        explorer = LayerExplorer(**settings)
        layer = torch_layer(settings, dtype=torch.float64)
        c, y, x = np.indices([settings[name] for name in ("in_channels", "height", "width")])
        image = torch.tensor((2 * c + y * y + 3 * x) % 5, dtype=torch.float64)[None]
        filters, each, kh, kw = layer.weight.shape
        o, s, i, j = np.indices((filters, each, kh, kw))
        c = o // (filters // settings["groups"]) * each + s
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch tells that an even kernel's 'same' is uneven
            layer.weight.copy_(torch.tensor((o + 2 * c + i * j + j) % 5 - 2))
            if layer.bias is not None:
                layer.bias.copy_(torch.arange(filters) % 3 + 1)
            output = layer(image)[0]
        chosen = output[min(settings["filter"], filters - 1), :8, :8]
        np.testing.assert_array_equal(explorer.result("numpy"), chosen)
        n, *shape = explorer.output_size()
        assert n == settings["batch"]
        assert shape == list(output.shape)
        counts = explorer.counts()
        assert counts["convolution"][0] == sum(p.numel() for p in layer.parameters())
        places, bias = shape[1] * shape[2], settings["bias"]
        dense = nn.Linear(image.numel(), output.numel(), bias, device="meta")
        assert counts["fully connected"] == (
            sum(p.numel() for p in dense.parameters()),
            n * dense.weight.numel(),
        )
        own = nn.Linear(each * kh * kw, filters, bias, device="meta")  # what one place would have
        unshared = places * sum(p.numel() for p in own.parameters())
        assert counts["unshared"] == (unshared, n * places * own.weight.numel())
        assert counts["convolution"][1] == counts["unshared"][1]
        assert ("separable" in counts) == (settings["groups"] == 1)
        if settings["groups"] == 1:
            pair = torch_layer({**settings, "out_channels": each, "groups": each}, device="meta")
            mix = nn.Conv2d(each, filters, 1, bias=bias, device="meta")
            weights = pair.weight.numel() + mix.weight.numel()
            biases = (each + filters) * bias
            assert counts["separable"] == (weights + biases, n * places * weights)
        assert explorer.memory() == (n * image.numel() * 4, n * output.numel() * 4)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            ALEXNET,
            {
                "convolution": (34_944, 105_415_200),
                "unshared": (105_705_600, 105_415_200),
                "fully connected": (44_892_355_200, 44_892_064_800),
                "separable": (750, 1_969_275),
            },
        ),
        ({"out_channels": 64, "kernel_size": 5}, {"convolution": (4_864, 4_800)}),
        (HUGE, {"fully connected": (2**64 + 2**32, 2**64), "convolution": (2**24 + 2**12, 2**44)}),
        ({**HUGE, "batch": 1024, "bias": False}, {"fully connected": (2**64, 2**74)}),
    ],
)
def test_the_costs_shown_are_exact(
    page: Any, tmp_path: Path, settings: dict[str, Any], expected: dict[str, tuple[int, int]]
) -> None:
    explorer = LayerExplorer(name="cost", **settings)
    open_page(page, tmp_path, [explorer])
    shown = numbers(page)
    assert shown == explorer.counts()
    assert {name: shown[name] for name in expected} == expected
    inputs, outputs = explorer.memory()
    note = page.locator(".cnn-cost .cnn-help").inner_text()
    assert f"input {inputs:,} bytes" in note
    assert f"output {outputs:,} bytes" in note


def test_every_example_is_legal_and_leaves_its_numbers(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="examples", padding=1)])
    select = page.get_by_label("Example")
    expect(select).to_have_value("")
    options = [name for name in select.locator("option").all_inner_texts() if name != "…"]
    sizes = {
        "ten 5×5×3 filters on 32×32×3": "(1, 10, 28, 28) of (1, 3, 32, 32)",
        "ten images: (10, 3, 28, 28)": "(10, 16, 24, 24) of (10, 3, 28, 28)",
        "an 11×11×4 input, one 5×5 filter, stride 2": "(1, 1, 4, 4) of (1, 4, 11, 11)",
        "AlexNet's first layer": "(1, 96, 55, 55) of (1, 3, 227, 227)",
    }
    assert set(sizes) < set(options)
    for name in options:
        select.select_option(name)
        expect(select).to_have_value(name)
        summary = page.locator(".cnn-summary")
        expect(summary).to_contain_text(sizes.get(name, "makes"))
        page.evaluate("document.querySelector('[data-explorer]').answer()")
        expect(page.locator(".cnn-explorer > .cnn-problem")).to_be_hidden()
    assert numbers(page)["convolution"] == (
        shapes.conv_parameters(512, 512, 3),
        shapes.conv_macs(14, 512, 512, 3, padding=1),
    )


def test_only_legal_settings_are_offered_or_the_problem_is_named(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="legal")])
    ends = {"kernel": "5", "dilation": "2"}
    for label, most in ends.items():
        assert page.get_by_role("slider", name=label).get_attribute("max") == most
    channels = page.get_by_role("spinbutton", name="channels in")
    filters = page.get_by_role("spinbutton", name="filters")
    channels.fill("12")
    channels.press("Enter")
    filters.fill("8")
    filters.press("Enter")
    groups = page.get_by_role("combobox").nth(1)
    expect(groups.locator("option")).to_have_text(["1", "2", "4"])
    groups.select_option("4")
    expect(page.locator(".cnn-volumes")).to_contain_text("8 filters of 3 × 3 × 3")
    channels.fill("6")
    channels.press("Enter")
    expect(groups).to_have_value("2")
    page.get_by_label("'same'").check()
    expect(page.get_by_role("slider", name="stride")).to_be_disabled()
    page.get_by_label("'same'").uncheck()
    height = page.get_by_role("spinbutton", name="height H")
    height.fill("2")
    height.press("Enter")
    alert = page.locator(".cnn-explorer > .cnn-problem")
    expect(alert).to_contain_text("a kernel spanning 3 by 3 does not fit the padded input, 2 by 5")
    page.get_by_role("slider", name="kernel").press("ArrowLeft")
    expect(alert).to_be_hidden()
    expect(page.locator(".cnn-summary")).to_contain_text("makes (1, 8, 1, 4)")


def test_a_keyboard_alone_walks_output_and_filters(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="keys")])
    assert grid_values(page, "input")[0] == [0, 3, 1, 4, 2]
    assert grid_values(page, "kernel") == [[-2, -1, 0], [-2, 0, 2], [-2, 1, -1]]
    expect(page.locator(".cnn-adding")).to_have_text("−7 + −2 + 0 + 1 (bias) = −8")
    stops = page.evaluate(
        """[...document.querySelectorAll("[role=grid]")]
        .map(grid => grid.querySelectorAll("[tabindex='0']").length)"""
    )
    assert stops == [1] * 7
    page.locator("[role=grid][aria-label=output] [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator(".cnn-adding")).to_have_text(re.compile(r" = 9$"))
    outline = page.locator(".cnn-channel .cnn-input .cnn-outline").first
    assert outline.get_attribute("d").startswith("M2 1h1v1h-1z")
    page.get_by_role("button", name=re.compile("filter 1")).focus()
    page.keyboard.press("Space")
    expect(page.locator(".cnn-summary")).to_contain_text("output[1, 1, 2]")
    expected = LayerExplorer(filter=1).result("reference")
    np.testing.assert_array_equal(grid_values(page, "output"), expected)
    page.locator("[role=grid][aria-label='kernel, channel 1'] [tabindex='0']").focus()
    expect(page.locator(".cnn-sums .cnn-arithmetic")).to_contain_text("channel 1: ")


def test_a_finger_chooses_on_a_phone_that_holds_it_all(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    open_page(page, tmp_path, [LayerExplorer(name="touch")])
    page.get_by_role("button", name=re.compile("filter 1")).tap()
    cells = page.locator("[role=grid][aria-label=output] [role=gridcell]")
    cells.nth(4).tap()
    expect(page.locator(".cnn-summary")).to_contain_text("output[1, 1, 1]")
    for settings in ({**ALEXNET, "filter": 95}, HUGE, {"kernel_size": [1, 5], "padding": [0, 2]}):
        update(page, **settings)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_passes_axe(page: Any, tmp_path: Path, theme: str) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="axe")], theme=theme)
    field = page.get_by_label("The call", exact=True)
    field.fill("nn.Conv2d(3, 4, 3, groups=2)")
    field.press("Enter")
    page.get_by_text("As Python", exact=True).click()
    page.locator(".cnn-call .cnn-problem").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("seed", range(4))
def test_link_and_python_reproduce_the_state(page: Any, tmp_path: Path, seed: int) -> None:
    settings = random_settings(np.random.default_rng(seed))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, tmp_path, [LayerExplorer(name="link")])
    update(page, **settings)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.querySelector('.cnn-toast').textContent === 'Link copied'")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-ready]")
    explorer = LayerExplorer(**settings)
    np.testing.assert_array_equal(grid_values(page, "output"), explorer.result("reference"))
    assert page.locator(".cnn-summary").text_content().startswith(f"{explorer.call()} makes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        printed = [values[0] for values in run_python(page)["printed"]]
    for values in (printed[0], printed[3]):
        np.testing.assert_array_equal(values, explorer.result("reference"))
    parameters, macs = explorer.counts()["convolution"]
    assert printed[1] == printed[4] == parameters
    assert printed[2] == macs


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel_size": 12}, "kernel_size must be a whole number from 1 to 11, or a pair of them"),
        ({"stride": (1, 2, 3)}, "stride must be a whole number from 1 to 8, or a pair"),
        ({"padding": "full"}, "padding must be .*, or 'same', or 'valid'; got 'full'"),
        ({"kernel_size": True}, "kernel_size must be a whole number .*; got True"),
        ({"groups": 2}, "groups must be a divisor of in_channels, 3, and of out_channels, 2"),
        ({"padding": "same", "stride": 2}, "stride must be 1 where padding is 'same'"),
        ({"kernel_size": 6}, "kernel_size must be no larger than the padded input"),
    ],
)
def test_python_refuses_what_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LayerExplorer(**settings)


def test_a_link_that_cannot_be_is_named(page: Any, tmp_path: Path) -> None:
    explorer = LayerExplorer(name="bad")
    query = "?explorer=bad&kernel_size=1,2,3&stride=9&padding=valid&out_channels=4"
    open_page(page, tmp_path, [explorer], query)
    assert page.locator(".cnn-explorer > .cnn-problem").inner_text() == (
        "Part of this link was not used. kernel_size: 3 numbers given; legal are one or two; "
        "stride: 9 is outside 1 to 8."
    )
    expect(page.get_by_label("The call", exact=True)).to_have_value(
        "nn.Conv2d(3, 4, 3, padding='valid')"
    )
