"""Whether each explorer can be read at the sizes at which pages show it, wherever its controls stand."""

import pytest
from figures import assert_readable

from course_utils import widgets

SIZES = ((800, 420), (800, 290), (468, 300), (468, 250))
"""Pixels in windows of 1280 by 720 and of 900 by 720, with few controls and with many."""


def ends(explorer):
    """Yield what moves each control to each of its ends, and all that can be shown onto the picture."""
    for spec in explorer.page["controls"]:
        if spec["kind"] == "slider":
            yield from ({spec["name"]: spec[end]} for end in ("minimum", "maximum"))
        elif spec["kind"] == "choice":
            yield from ({spec["name"]: option} for option in spec["options"])
        elif spec["kind"] == "toggle":
            yield {spec["name"]: not spec["value"]}
    yield {spec["name"]: True for spec in explorer.page["controls"] if spec["kind"] == "toggle"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", widgets.__all__)
def test_it_can_be_read_at_every_size_and_wherever_its_controls_stand(name):
    explorer = getattr(widgets, name)()
    start = {name: value for name, value in explorer.state.items() if name != "guess"}
    for size in SIZES:
        explorer.resize(*size)
        assert_readable(explorer.figure, drawn=True)
    explorer.set(guess=explorer.page["guess"]["maximum"])
    for size in SIZES:
        explorer.resize(*size)
        for state in ({}, *ends(explorer)):
            explorer.set(**{**start, **state})
            try:
                assert_readable(explorer.figure, drawn=True)
            except AssertionError as fault:
                raise AssertionError(f"At {size} with {state}: {fault}") from None
