"""The time that everything is noted by does not hang on where the server stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from service.world import World


@pytest.fixture(params=["UTC", "Asia/Kolkata", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that stands there."""
    with monkeypatch.context() as context:
        context.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def test_now_is_the_same_moment_wherever_the_server_stands(zone: None) -> None:
    now = World().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now.timestamp() - time.time()) < 60
