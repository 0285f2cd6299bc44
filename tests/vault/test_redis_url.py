"""How a URL says where a Redis is."""

import pytest

from atthene_emulator.errors import SetupError
from atthene_emulator.vault.redis_url import located

GOOD = {
    "redis://localhost": ("redis://localhost:6379/0", {"host": "localhost"}),
    "redis://10.0.0.7:7000/3": ("redis://10.0.0.7:7000/3", {"host": "10.0.0.7", "port": 7000, "db": 3}),
    "redis://:hidden@h/": ("redis://h:6379/0", {"host": "h", "password": "hidden"}),
    "redis://me:hid%40den@h:1/0": ("redis://h:1/0", {"username": "me", "password": "hid@den"}),
    "redis://h/?db=4": ("redis://h:6379/4", {"db": 4}),
    "rediss://h:1?ssl_cert_reqs=none": ("rediss://h:1/0", {"ssl_cert_reqs": "none"}),
    "redis://[::1]:7/1": ("redis://[::1]:7/1", {"host": "::1", "port": 7}),
    "unix:///run/redis.sock?db=2": ("unix:///run/redis.sock?db=2", {"path": "/run/redis.sock", "db": 2}),
    "unix://:hidden@/run/redis.sock": ("unix:///run/redis.sock?db=0", {"password": "hidden"}),
}
BAD = [
    "redis://",
    "redis:/localhost",
    "localhost:6379",
    "http://localhost",
    "redis://me:hid/den@h:1/0",
    "redis://me:hid#den@h:1/0",
    "redis://me:12#hidden@h:1/0",
    "redis://me:12?hidden@h:1/0",
    "redis://me:12/hidden@h",
    "redis://h:hidden/0",
    "redis://h/hidden",
    "redis://h?hidden=1",
    "redis://h?socket_timeout=hidden",
    "redis://h?db=hidden",
    "redis://[hidden",
    "unix://",
]


@pytest.mark.parametrize(("url", "shown", "options"), [(url, *said) for url, said in GOOD.items()], ids=GOOD)
def test_it_is_read(url: str, shown: str, options: dict[str, object]) -> None:
    location = located(url)
    assert location.shown == f"Redis at {shown}"
    assert {name: location.options.get(name) for name in options} == options
    assert location.prefix == "atthene-emulator"


@pytest.mark.parametrize("url", BAD)
def test_what_is_none_is_not_repeated(url: str) -> None:
    with pytest.raises(SetupError, match="write redis://") as caught:
        located(url)
    assert "hid" not in str(caught.value)


def test_keys_may_have_another_prefix() -> None:
    assert located("redis://h?prefix=team-1.a_b").prefix == "team-1.a_b"
    assert "prefix" not in located("redis://h?prefix=team").options


@pytest.mark.parametrize("prefix", ["", "a%7Bb%7D", "a+b", "x" * 65, "%C3%A4"])
def test_a_prefix_is_a_short_name(prefix: str) -> None:
    with pytest.raises(SetupError, match="1 to 64"):
        located(f"redis://h?prefix={prefix}")
