"""The look of the window, as in the tests of its pages."""

from tests.ui.conftest import look

__all__ = ["look"]
