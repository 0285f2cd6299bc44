"""`python -m tests.kill.emulator SECONDS serve …`: an emulator whose namespaces others take over after so many seconds."""

import sys
from functools import partial

from atthene_emulator.cli import main
from atthene_emulator.vault import redis

if __name__ == "__main__":
    redis.RedisVault = partial(redis.RedisVault, ttl=float(sys.argv.pop(1)))  # type: ignore[misc,assignment]
    main()
