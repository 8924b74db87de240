"""LayerExplorer reads calls of nn.Conv2d: as torch takes them, or with what is wrong."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import expect
from torch import nn

from cnnlib.explorers import LayerExplorer
from tools.widget_page import open_page

SIZES = ("kernel_size", "stride", "dilation")

LEGAL = """
nn.Conv2d(3,10,2,2)
nn.Conv2d(3, 64, 5)
Conv2d(1, 1, 1)
torch.nn.Conv2d(3, 16, 5, stride=2, padding=2)
conv = nn.Conv2d(3, 4, 3)
self.conv1 = nn.Conv2d(3, 4, 3,)
nn.Conv2d(in_channels=3, out_channels=4, kernel_size=3)
nn.Conv2d(kernel_size=3, out_channels=4, in_channels=3)
nn.Conv2d(3, 4, (3, 5))
nn.Conv2d(3, 4, [5, 3])
nn.Conv2d(3, 4, kernel_size=(1, 7), padding=(0, 3))
nn.Conv2d(3, 4, ((3)), (2, 1), (1, 0), (1, 2))
nn.Conv2d(3, 4, 3, stride=(2,))
nn.Conv2d(3, 4, 3, padding=(1,))
nn.Conv2d(3, 4, 3, dilation=[2])
nn.Conv2d(3, 4, 3, padding='same')
nn.Conv2d(3, 4, 4, padding="same")
nn.Conv2d(3, 4, (2, 5), 1, 'same', 2)
nn.Conv2d(3, 4, 3, (1, 1), padding=('same'))
nn.Conv2d(3, 4, 3, 2, 'valid')
nn.Conv2d(4, 8, 3, groups=2)
nn.Conv2d(6, 6, 3, 1, 1, 1, 6)
nn.Conv2d(6, 12, 3, 1, 1, 1, 6, False)
nn.Conv2d(3, 4, 3, bias=False)
nn.Conv2d(3, 4, 3, bias=0)
nn.Conv2d(3, 4, 3, bias=None)
nn.Conv2d(3, 4, 3, bias=1)
nn.Conv2d(3, 4, 3, bias='no')
nn.Conv2d(3, 4, 3, dilation=4)
nn.Conv2d(3, 4, 3, dilation=(1, 4))
nn.Conv2d(3, 1_000, 1)
nn.Conv2d(3, 4, +3)
nn.Conv2d(3, 4, 9)
nn.Conv2d(3, 4, 11, padding=1)
nn.Conv2d(3, 4, 3, padding_mode='zeros')
nn.Conv2d(3, 4, 3, device=None, dtype=None)
nn.Conv2d( 3 ,4,\t3 , stride = 8 )
""".strip().split("\n")

ILLEGAL = {
    "nn.Conv2d(4, 6, 3, groups=4)": "groups = 4 does not divide out_channels = 6",
    "nn.Conv2d(3, 4, 3, groups=2)": "groups = 2 does not divide in_channels = 3",
    "nn.Conv2d(3, 4, 3, groups=0)": "groups is 0; it must be at least 1",
    "nn.Conv2d(3, 4, 3, groups=(1, 1))": r"groups is (1, 1); it takes a whole number",
    "nn.Conv2d(3, 4, 3, 2, padding='same')": "padding = 'same' needs stride 1, and the stride is 2",
    "nn.Conv2d(3, 4, 3, (1, 2), 'same')": "needs stride 1, and the stride is (1, 2)",
    "nn.Conv2d(3, 4, 10)": "a kernel spanning 10 by 10 does not fit the padded input, 9 by 9",
    "nn.Conv2d(3, 4, 3, dilation=5)": "a kernel spanning 11 by 11 does not fit",
    "nn.Conv2d(3, 4, (3, 11), padding=(1, 0))": "spanning 3 by 11 does not fit the padded",
    "nn.Conv2d(3, 4, 3, strides=2)": "no argument strides; it is called stride",
    "nn.Conv2d(3, 4, kernel=3)": "no argument kernel; it is called kernel_size",
    "nn.Conv2d(3, 4, 3, Bias=True)": "no argument Bias; it is called bias",
    "nn.Conv2d(3, 4, 3, output_padding=1)": "no argument output_padding; it has in_channels",
    "nn.Conv2d(3, 4)": "kernel_size is missing",
    "nn.Conv2d(3)": "out_channels and kernel_size are missing",
    "nn.Conv2d()": "in_channels and out_channels and kernel_size are missing",
    "nn.Conv2d(out_channels=3, kernel_size=4)": "in_channels is missing",
    "nn.Conv2d(3, 4, 3, kernel_size=3)": "given twice: the third argument is kernel_size already",
    "nn.Conv2d(3, 4, 3, stride=2, stride=2)": "stride is given twice",
    "nn.Conv2d(3, 4, kernel_size=3, 2)": "2 has no keyword but comes after kernel_size=",
    "nn.Conv2d(3, 4, 3, 1, 0, 1, 1, True, 'zeros', None, None, 1)": "12 arguments; Conv2d has 11",
    "nn.Conv2d(3, 4, 3, stride=0)": "stride is 0; it must be at least 1",
    "nn.Conv2d(3, 4, 3, padding=-1)": "padding is -1; it must be at least 0",
    "nn.Conv2d(3, 4, 3, dilation=(1, 0))": "dilation is (1, 0); it must be at least 1",
    "nn.Conv2d(3, 4, 0)": "kernel_size is 0; it must be at least 1",
    "nn.Conv2d(3, 0, 3)": "out_channels is 0; it must be at least 1",
    "nn.Conv2d(3, -4, 3)": "out_channels is -4",
    "nn.Conv2d(3, 4, 3.0)": "3.0 is not a whole number",
    "nn.Conv2d(3, 4, 3, 1e0)": "1e0 is not a whole number",
    "nn.Conv2d(3, 4, 03)": "03 begins with a zero",
    "nn.Conv2d(3, 4, '3')": "kernel_size is '3'; it takes a whole number or a pair of them",
    "nn.Conv2d(3, 4, (3,))": "kernel_size is (3,); it takes",
    "nn.Conv2d(3, 4, (3, 3, 3))": "kernel_size is (3, 3, 3); it takes",
    "nn.Conv2d(3, 4, ())": "kernel_size is (); it takes",
    "nn.Conv2d(3, 4, 3, stride=(1, 1, 1))": "stride is (1, 1, 1)",
    "nn.Conv2d((3, 3), 4, 3)": "in_channels is (3, 3)",
    "nn.Conv2d(3, 4, 3, padding='Same')": "padding is 'Same'; it takes .* or 'same' or 'valid'",
    "nn.Conv2d(3, 4, 3, padding=None)": "padding is None; it takes",
    "nn.Conv2d(3, 4, 3, padding=True)": "padding is True, a truth value",
    "nn.Conv2d(3, 4, 3, padding=same)": "same is a name, .*; write 'same', in quotes",
    "nn.Conv2d(3, 4, 3, bias=false)": "false is no word of Python; write False",
    "nn.Conv2d(3, 4, k)": "k is a name, and what it stands for is not known here",
    "nn.Conv2d(3, 4, 3, padding_mode='zero')": "padding_mode is 'zero'; torch has 'zeros'",
    "nn.conv2d(3, 4, 3)": "write nn.Conv2d, not nn.conv2d",
    "nn.Conv2D(3, 4, 3)": "write nn.Conv2d, not nn.Conv2D",
    "nn.Conv2d(3, 4, 3": "the closing bracket is missing",
    "nn.Conv2d(3, 4, (3, 3)": "the closing bracket is missing",
    "nn.Conv2d(3, 4, (3": "a bracket ( is never closed",
    "nn.Conv2d(3 4, 3)": "after 3 comes 4: put a comma",
    "nn.Conv2d(3,, 4, 3)": "a comma too many",
    "nn.Conv2d(3, 4, kernel_size=)": "kernel_size= has no value",
    "nn.Conv2d(3, 4, 3))": "after the call comes )",
    "nn.Conv2d 3, 4, 3": "write a call, such as nn.Conv2d",
    "Conv(3, 4, 3)": "this reads nn.Conv2d; Conv is something else",
    "F.conv2d(3, 4, 3)": "F.conv2d is the function: it takes tensors",
}

BEYOND = {
    "nn.Conv2d(3, 4, 13, padding=6)": "kernel_size is 13: torch would take it, but .* ends at 11",
    "nn.Conv2d(5000, 4, 3)": "in_channels is 5000: torch would take it, but .* ends at 4096",
    "nn.Conv2d(3, 4, 3, padding_mode='reflect')": "padding_mode='reflect' is not drawn here",
    "nn.Conv2d(3, 4, 3, device='cpu')": "device='cpu' is not drawn here; leave it out",
}


def type_call(page: Any, text: str) -> tuple[str, str]:
    """Type a call; return what is said to be wrong with it, and the summary."""
    wrong, summary = page.evaluate(
        """text => {
            const root = document.querySelector("[data-explorer]");
            const input = root.querySelector(".cnn-call-text");
            input.value = text;
            input.dispatchEvent(new Event("change"));
            root.update({});
            const alert = root.querySelector(".cnn-call [role=alert]");
            return [alert.hidden ? "" : alert.textContent,
                    root.querySelector(".cnn-summary").textContent];
        }""",
        text,
    )
    return wrong, summary


def build(call: str) -> nn.Conv2d:
    """Make the layer as torch does, and have it take a 9 by 9 input."""
    names = {"nn": nn, "torch": torch, "Conv2d": nn.Conv2d, "F": nn.functional}
    text = re.sub(r"^[\w.]+ = ", "", call)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer: nn.Conv2d = eval(text, names)
        layer(torch.zeros(1, layer.in_channels, 9, 9))
    return layer


def both(size: Any) -> Any:
    """Return a torch layer's size as a pair, or the word that it is."""
    return size if isinstance(size, str) else tuple(size) * (3 - len(size))


def settings_of(layer: nn.Conv2d) -> tuple[Any, ...]:
    """Return all that a call sets, sizes as pairs."""
    sizes = [both(getattr(layer, name)) for name in (*SIZES, "padding")]
    counts = (layer.in_channels, layer.out_channels, layer.groups, layer.bias is not None)
    return (*sizes, *counts)


def test_calls_that_torch_takes_give_its_settings(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="read", height=9, width=9)])
    for call in LEGAL:
        layer = build(call)
        wrong, summary = type_call(page, call)
        assert wrong == "", call
        written = build(summary.split(" makes ")[0])
        assert settings_of(written) == settings_of(layer), call
        output = layer(torch.zeros(1, layer.in_channels, 9, 9))
        assert f" makes ({', '.join(map(str, output.shape))}) of" in summary, call


def test_calls_that_torch_refuses_are_explained_and_change_nothing(
    page: Any, tmp_path: Path
) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="refuse", height=9, width=9)])
    before = page.locator(".cnn-summary").text_content()
    for call, message in {**ILLEGAL, **BEYOND}.items():
        if call in BEYOND:
            build(call)
        else:
            with pytest.raises(Exception, match=r".+"):
                build(call)
        wrong, summary = type_call(page, call)
        assert wrong.startswith("Not legal: "), call
        pattern = ".*".join(re.escape(part) for part in message.split(".*"))
        assert re.search(pattern, wrong), (call, wrong)
        assert summary == before, call
    assert page.locator(".cnn-call-text").get_attribute("aria-invalid") == "true"
    assert type_call(page, "nn.Conv2d(3, 2, 3)") == ("", before)
    assert page.locator(".cnn-call-text").get_attribute("aria-invalid") is None


def test_a_typed_call_is_explained_argument_by_argument(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, [LayerExplorer(name="say")])
    field = page.get_by_label("The call", exact=True)
    expect(field).to_have_value("nn.Conv2d(3, 2, 3)")
    field.fill("nn.Conv2d(3,10,2,2)")
    field.press("Enter")
    expect(page.locator(".cnn-meanings dt")).to_have_text(
        ["3 in_channels", "10 out_channels", "2 kernel_size", "2 stride"]
    )
    assert page.locator(".cnn-meanings dd").all_inner_texts() == [
        "the input has 3 channels; each filter is a stack of 3 slices, one for each",
        "10 filters, each making one channel of the output",
        "each slice is 2 by 2",
        "the fourth argument is the stride: the window moves 2 pixels at a time, down or right",
    ]
    expect(field).to_have_value("nn.Conv2d(3,10,2,2)")
    page.get_by_label("bias", exact=True).uncheck()
    expect(field).to_have_value("nn.Conv2d(3, 10, 2, stride=2, bias=False)")
    field.fill("nn.Conv2d(6, 6, (3, 1), padding='same', dilation=2, groups=6)")
    page.get_by_role("button", name="Read it").click()
    meanings = page.locator(".cnn-meanings")
    expect(meanings).to_contain_text("as many zeros as keep height and width")
    expect(meanings).to_contain_text("the kernel's taps are 2 apart: it spans 5 by 1")
    expect(meanings).to_contain_text("depthwise: each channel has 1 filter of its own")
    expect(page.get_by_role("combobox").nth(1)).to_have_value("6")
