"""`--store` as people write it, and stores that cannot be used: one sentence, status 2, and nothing has changed."""

import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from atthene_emulator.settings import Settings
from atthene_emulator.store_address import path_of, store_of
from tests.cli.running import invoke, run
from tests.cli.serving import serving
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as running:
        yield running


USUAL = "--store is sqlite:PATH or redis://HOST:PORT/DB, "
WRONG = {
    " ": "--store is empty; write sqlite:PATH or redis://HOST:PORT/DB, or leave the option out.",
    "sqlite:": "--store sqlite: names no file; write its path behind the colon, as in --store sqlite:emulator.db.",
    "sqlite://": "--store sqlite: names no file;",
    "sqlite:///": "--store sqlite: names no file;",
    "sqlite::memory:": "--store sqlite: is for what outlives the process; without --store, all is kept in memory.",
    "sqlite:///:memory:": "--store sqlite: is for what outlives the process;",
    "sqlite:dev.db?mode=ro": "is no path of a file; leave out what stands behind the question mark.",
    "sqlite3:dev.db": f"{USUAL}not sqlite3:…; did you mean sqlite?",
    "sqlite+aiosqlite:///dev.db": f"{USUAL}not sqlite+aiosqlite:…; did you mean sqlite?",
    "file:dev.db": f"{USUAL}not file:…; did you mean sqlite?",
    "./dev.db": f"{USUAL}not ./dev.db; write --store sqlite:./dev.db.",
    "dev.db": f"{USUAL}not dev.db; write --store sqlite:dev.db.",
    "C:\\dev.db": "write --store sqlite:c:\\dev.db.",
    "postgres://me:hunter2@db/x": f"{USUAL}not postgres:….",
    "reddis://me:hunter2@db": f"{USUAL}not reddis:…; did you mean redis?",
    "valkey://me:hunter2@db": f"{USUAL}not valkey:…; did you mean redis?",
    "redis": f"{USUAL}not redis; write --store redis://localhost:6379.",
    "redis:localhost": "--store redis: is followed by // and where it is, as in --store redis://localhost:6379.",
    "redis://": "--store redis: is followed by // and where it is,",
    "unix:/tmp/r.sock": "--store unix: is followed by // and where it is, as in --store unix:///path/of.sock.",
    "localhost:6379": f"{USUAL}not localhost:6379; write --store redis://localhost:6379.",
    "me:hunter2@localhost:6379": f"{USUAL}and begins with sqlite: or redis://.",
    "rediss://me:hunter2@localhost:6379/x/y": "--store is no URL of a Redis: write redis://host:port/db,",
    "redis://me:hunter2@nowhere.invalid": "Redis at redis://nowhere.invalid:6379/0 cannot be reached",
    "sqlite:missing/dev.db": "missing, which is not there; make it, or name another.",
    "sqlite:.": "The store . is a folder; name a file in it, as in sqlite:emulator.db.",
}


@pytest.mark.parametrize("store", WRONG)
def test_what_is_no_store_is_refused_in_one_sentence(store: str, tmp_path: Path) -> None:
    done = invoke("serve", "--port", "0", "--store", store, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert WRONG[store] in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hunter2" not in done.stderr
    assert list(tmp_path.iterdir()) == []


WRITTEN = {
    "sqlite:dev.db": "dev.db",
    "SQLite: dev.db ": "dev.db",
    "sqlite:./dev.db": "./dev.db",
    "sqlite:/var/dev.db": "/var/dev.db",
    "sqlite://dev.db": "dev.db",
    "sqlite:///dev.db": "dev.db",
    "sqlite:///./dev.db": "./dev.db",
    "sqlite:////var/dev.db": "/var/dev.db",
    "sqlite:a b ü.db": "a b ü.db",
    "sqlite:~/dev.db": f"{Path.home()}/dev.db",
}


@pytest.mark.parametrize("store", WRITTEN)
def test_a_file_may_be_written_as_elsewhere(store: str) -> None:
    settings = Settings(store=store)
    settings.check()
    assert path_of(settings.store or "") == WRITTEN[store]


def test_a_path_is_a_file_of_sqlite() -> None:
    assert store_of(Path("here/dev.db")) == f"sqlite:{Path('here/dev.db')}"


def test_settings_do_not_show_the_password() -> None:
    assert "hunter2" not in repr(Settings(store="redis://:hunter2@localhost"))


SHOWN = {
    "sqlite:dev.db": "sqlite:dev.db",
    "redis://me:hunter2@localhost:6379/1?prefix=mine": "redis://localhost:6379/1?prefix=mine",
    "unix://:hunter2@/run/redis.sock": "unix:///run/redis.sock",
    "rediss://localhost?ssl_password=hunter2&prefix=mine": "rediss://localhost?ssl_password=…&prefix=mine",
}


@pytest.mark.parametrize("store", SHOWN)
def test_a_store_is_shown_without_its_password(store: str) -> None:
    assert Settings(store=store).shown_store == SHOWN[store]


def test_the_ready_line_and_health_name_the_store() -> None:
    with RedisServer("--requirepass", "hunter2") as redis:
        store = redis.url.replace("//", "//:hunter2@")
        with serving("--store", store, "--control-token", "token-of-sixteen") as served:
            health = served.control("/health", Authorization="Bearer token-of-sixteen").json()
            told = served.control("/health").json()
    assert served.ready["store"] == health["store"] == redis.url
    assert told == {"status": "ok"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ["--watch"],
            "--watch begins the namespace default anew, and --store keeps what it is; leave one of them out.",
        ),
        (["--import", "x.json"], "--import opens a document to look at, and --store keeps what is there;"),
    ],
)
def test_what_does_not_go_with_a_store(more: list[str], said: str, tmp_path: Path) -> None:
    done = invoke("serve", "--store", "sqlite:dev.db", *more, cwd=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert said in done.stderr


def test_the_variable_says_it_as_well(tmp_path: Path) -> None:
    done = invoke("serve", cwd=tmp_path, ATTHENE_EMULATOR_STORE="./dev.db")
    assert (done.returncode, done.stderr) == (
        2,
        f"atthene-emulator: {USUAL}not ./dev.db; write --store sqlite:./dev.db.\n",
    )


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in sys.modules if name.startswith("atthene_emulator.vault.redis")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name == "redis" or name.startswith("redis.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    done = invoke("serve", "--port", "0", "--store", "redis://localhost", cwd=tmp_path)
    assert done.returncode == 2
    assert (
        "--store redis:// needs the package redis, which the extra redis brings along: pip install '.[redis]' in a checkout."
        in done.stderr
    ), done.stderr


def _text(file: Path) -> None:
    file.write_text("This is what somebody wrote.\n" * 99, encoding="utf-8")


def _of_another_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("CREATE TABLE bookmarks (url)")


def _of_another_format(file: Path) -> None:
    _kept(file)
    with closing(sqlite3.connect(file)) as base:
        base.execute("PRAGMA user_version=99")


def _damaged(file: Path) -> None:
    _kept(file)
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(random.Random(1).randbytes(file.stat().st_size - 4096))


def _of_other_seeds(file: Path) -> None:
    with EmulatorServer(seeds=("busy",), store=file):
        pass


def _kept(file: Path) -> None:
    with EmulatorServer(store=file):
        pass


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "text": (_text, "is no database; name another file for the store."),
    "another program": (_of_another_program, "is a database of something else; name another one for the store."),
    "another format": (
        _of_another_format,
        "has the format 99, and this version reads 1: go on with the version that wrote it",
    ),
    "other seeds": (
        _of_other_seeds,
        "was begun with other seeds, or these say something else now: start with the same",
    ),
    "damaged": (_damaged, "is damaged; restore it from a copy, or name another file."),
}


@pytest.mark.parametrize(("write", "said"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_store_stays_as_it_is(write: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    file = tmp_path / "dev.db"
    write(file)
    before = file.read_bytes()
    done = invoke("serve", "--port", "0", "--store", f"sqlite:{file}", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{file} {said}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert file.read_bytes() == before


def test_a_file_has_one_emulator_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "dev.db"
    with serving("--store", f"sqlite:{file}") as served:
        done = run("serve", "--port", "0", "--store", f"sqlite:{file}")
        assert done.returncode == 2
        assert f"The store {file} is used by another emulator or program" in done.stderr
        if sys.platform == "linux":
            assert f" (process {served.process.pid}); stop that one, or name another file." in done.stderr
        assert served.execute().status_code == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--strict"], "is used by emulators with another --strict; start all of them with the same, or"),
        (
            ["--contract", "reference", "--max-body", "5"],
            "is used by emulators with another --contract and --max-body;",
        ),
        (["--control-token", "hunter2hunter2"], "is used by emulators with another --control-token;"),
        (
            ["--seed", "busy"],
            "other seeds, or these say something else now: start with the same seeds, or choose another ?prefix=",
        ),
    ],
)
def test_emulators_of_one_redis_agree(options: list[str], said: str, redis: RedisServer) -> None:
    store = f"{redis.url}?prefix=agree"
    with EmulatorServer(store=store):
        done = run("serve", "--port", "0", "--store", store, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "hunter2" not in done.stderr


def test_options_may_be_other_ones_when_all_have_ended(redis: RedisServer) -> None:
    store = f"{redis.url}?prefix=restarted"
    for strict in (False, True):
        with EmulatorServer(store=store, strict=strict) as server:
            assert server.client.state()["counts"]["sessions"] == 1


@pytest.mark.parametrize(("policy", "status"), [("allkeys-lru", 2), ("allkeys-random", 2), ("volatile-lru", 0)])
def test_a_redis_that_removes_any_key_is_refused(policy: str, status: int) -> None:
    with RedisServer("--maxmemory", "100mb", "--maxmemory-policy", policy) as redis:
        done = run("exec", "--store", redis.url, "--", sys.executable, "-c", "")
    assert done.returncode == status
    assert (f"maxmemory-policy {policy}" in done.stderr) is (status == 2)


def test_what_exec_has_kept_is_there_afterwards(tmp_path: Path) -> None:
    store = tmp_path / "dev.db"
    asking = "import os, urllib.request as u; u.urlopen(u.Request(os.environ['ATTHENE_BASE_URL'] + '/runtime/session_abc123/execute/', b'{\"content\": \"kept\"}', {'x-api-key': 'test-key', 'content-type': 'application/json'}))"
    for _ in range(2):
        assert run("exec", "--store", f"sqlite:{store}", "--", sys.executable, "-c", asking).returncode == 0
    with EmulatorServer(store=store) as server:
        assert [one["content"] for one in server.client.messages("session_abc123")][2::2] == ["kept", "kept"]


def test_exec_does_not_begin_without_its_store(tmp_path: Path) -> None:
    file, begun = tmp_path / "dev.db", tmp_path / "begun"
    file.write_text("no database, and long enough to be seen as none" * 9, encoding="utf-8")
    done = run("exec", "--store", f"sqlite:{file}", "--", sys.executable, "-c", f"open({str(begun)!r}, 'w')")
    assert done.returncode == 2
    assert done.stderr == f"atthene-emulator: The store {file} is no database; name another file for the store.\n"
    assert not begun.exists()


def test_an_empty_file_is_a_new_store(tmp_path: Path) -> None:
    file = tmp_path / "dev.db"
    file.touch()
    with serving("--store", f"sqlite:{file}") as served:
        assert served.execute().status_code == 200


def test_wherever_a_write_is_cut_off_whole_turns_are_there(tmp_path: Path) -> None:
    file, copies = tmp_path / "dev.db", tmp_path / "copies"
    copies.mkdir()
    with serving("--store", f"sqlite:{file}") as served:
        for number in range(5):
            assert served.execute(f"turn {number}").status_code == 200
        served.process.kill()
        served.process.wait(20)
    wal = file.with_name("dev.db-wal")
    assert wal.stat().st_size > 0
    chance = random.Random(7)
    found = set()
    for length in [*sorted(chance.sample(range(wal.stat().st_size), 8)), wal.stat().st_size]:
        copy = copies / f"{length}.db"
        shutil.copy(file, copy)
        copy.with_name(f"{copy.name}-wal").write_bytes(wal.read_bytes()[:length])
        with EmulatorServer(store=copy) as server:
            said = [one["content"] for one in server.client.messages("session_abc123")][2:]
        assert len(said) % 2 == 0
        assert said[::2] == [f"turn {number}" for number in range(len(said) // 2)]
        found.add(len(said) // 2)
    assert max(found) == 5
