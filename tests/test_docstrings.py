"""Every public function of the operations is documented, with an example that runs."""

from __future__ import annotations

import doctest

import pytest

from cnnlib import numpy_ops, reference, shapes, torch_ops

FUNCTIONS = [
    pytest.param(getattr(module, name), id=f"{module.__name__}.{name}")
    for module in (shapes, reference, numpy_ops, torch_ops)
    for name in module.__all__
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_examples(function):
    tests = doctest.DocTestFinder(recurse=False).find(
        function, function.__name__, globs=dict(function.__globals__)
    )
    assert sum(len(test.examples) for test in tests) > 0
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_summary_is_one_sentence(function):
    summary = function.__doc__.partition("\n")[0]
    assert summary.endswith(".")
    assert len(summary) < 100
