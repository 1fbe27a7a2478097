"""Fixtures of the tests of bad input."""

from tests.web.conftest import site as site
