"""The look of the window, as in the tests of its pages."""

from tests.ui.conftest import desk, look, sample_template

__all__ = ["desk", "look", "sample_template"]
