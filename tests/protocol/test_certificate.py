"""Https: served with a certificate that fits, and refused with a sentence with any other."""

import json
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from atthene_emulator import EmulatorClient, EmulatorServer
from atthene_emulator.errors import EmulatorUnreachable, SetupError
from tests.cli.running import COMMAND, environment, invoke
from tests.cli.serving import KEY, serving
from tests.protocol.applications import Application, served
from tests.protocol.framing import Socket, closing, handshake, text
from tests.protocol.talking import EXECUTE, HELLO, Talk
from tests.protocol.talking import KEY as API_KEY

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


class Pair(NamedTuple):
    """A certificate that vouches for itself, and its key."""

    certificate: str
    key: str


def pair_in(folder: Path) -> Pair:
    folder.mkdir()
    made = Pair(str(folder / "certificate.pem"), str(folder / "key.pem"))
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = "openssl req -x509 -nodes -days 2 -subj /CN=localhost -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
    subprocess.run(
        [*command.split(), "-addext", names, "-out", made.certificate, "-keyout", made.key],
        check=True,
        capture_output=True,
    )
    return made


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("certificates") / "one")


def test_a_server_speaks_https(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", pair.certificate)
    with EmulatorServer(certificate=pair.certificate, certificate_key=pair.key) as server:
        assert server.url.startswith("https://127.0.0.1:")
        assert server.client.health().status == "ok"
        made = server.client.create_namespace("other")
        assert made.base_url == server.base_url


def test_a_client_that_does_not_know_the_certificate_says_so(pair: Pair) -> None:
    with (
        EmulatorServer(certificate=pair.certificate, certificate_key=pair.key) as server,
        EmulatorClient(server.url) as client,
        pytest.raises(EmulatorUnreachable, match="SSL_CERT_FILE"),
    ):
        client.health()


def test_a_client_says_what_else_is_wrong_with_certificates(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text").write_text("no certificate")
    with EmulatorServer(certificate=pair.certificate, certificate_key=pair.key) as server:
        for path, said in (("missing", "names .*missing, which cannot be read: No such file"),
                           ("text", "names .*text, which cannot be read: it has no certificates")):  # fmt: skip
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / path))
            with pytest.raises(SetupError, match=f"^SSL_CERT_FILE {said}"):
                EmulatorClient(server.url).health()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
        with pytest.raises(EmulatorUnreachable, match="is not trusted here"):
            EmulatorClient(server.url).health()
    monkeypatch.setenv("SSL_CERT_FILE", pair.certificate)
    with (
        EmulatorServer(host="127.0.0.2", certificate=pair.certificate, certificate_key=pair.key) as server,
        pytest.raises(EmulatorUnreachable, match="is for another host; name the one that it is for"),
    ):
        EmulatorClient(server.url).health()


def test_answers_are_not_lost_and_noise_is_endured(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    with EmulatorServer(certificate=pair.certificate, certificate_key=pair.key) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        context = ssl.create_default_context(cafile=pair.certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        for _ in range(3):
            with (
                socket.create_connection(address, timeout=10) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as secret,
            ):
                assert secret.selected_alpn_protocol() == "http/1.1"
                talk = Talk(secret)
                big = b"a" * 3_000_000
                assert talk.ask(EXECUTE, "x-api-key: stale-key", body=big).status == 401
                assert talk.ask(EXECUTE, API_KEY, body=HELLO).status == 200
                assert talk.ask(EXECUTE, API_KEY, "Connection: close", body=big).status == 413
                assert talk.is_over()
            with socket.create_connection(address, timeout=10) as plain:
                plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                while plain.recv(1000):
                    pass
            with (
                socket.create_connection(address, timeout=10) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as secret,
            ):
                talk = Talk(secret)
                talk.say(b"hello there\r\n\r\n")
                assert talk.hear().status == 400
    assert [record.name for record in caplog.records] == ["atthene_emulator"]


def test_both_in_one_file_are_enough(pair: Pair, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_text(Path(pair.certificate).read_text() + Path(pair.key).read_text())
    with EmulatorServer(certificate=str(both)) as server:
        assert server.url.startswith("https://")


def test_serve_and_the_other_commands_speak_https(pair: Pair, tmp_path: Path) -> None:
    options = ("--certificate", pair.certificate, "--certificate-key", pair.key)
    ready = tmp_path / "ready.json"
    with serving(*options, "--ready-file", str(ready), SSL_CERT_FILE=pair.certificate) as served:
        url = served.ready["url"]
        assert url.startswith("https://")
        assert json.loads(ready.read_text()) == served.ready
        assert json.loads(invoke("env", "--url", url, "--format", "json", SSL_CERT_FILE=pair.certificate).stdout) == {
            "ATTHENE_BASE_URL": f"{url}/api/v1",
            "ATTHENE_API_KEY": KEY["x-api-key"],
            "ATTHENE_EMULATOR_URL": url,
        }
        assert invoke("reset", "--url", url, REQUESTS_CA_BUNDLE=pair.certificate, SSL_CERT_FILE="").returncode == 0
        untrusted = invoke("reset", "--url", url, SSL_CERT_FILE="", REQUESTS_CA_BUNDLE="")
        assert (untrusted.returncode, "SSL_CERT_FILE" in untrusted.stderr) == (3, True)


def test_exec_leads_its_command_to_https(pair: Pair) -> None:
    program = """
import os, ssl, urllib.request
wanted = urllib.request.Request(os.environ["ATTHENE_BASE_URL"] + "/sessions/", headers={"x-api-key": os.environ["ATTHENE_API_KEY"]})
print(wanted.type, urllib.request.urlopen(wanted).status)
"""
    options = ("--certificate", pair.certificate, "--certificate-key", pair.key)
    done = subprocess.run(
        [*COMMAND, "exec", *options, "--", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(SSL_CERT_FILE=pair.certificate),
    )
    assert (done.stdout, done.stderr) == ("https 200\n", "")


Wrong = Callable[[Pair, Path], tuple[str, str | None]]


def missing(pair: Pair, folder: Path) -> tuple[str, str]:
    return str(folder / "none.pem"), pair.key


def missing_key(pair: Pair, folder: Path) -> tuple[str, str]:
    return pair.certificate, str(folder / "none.pem")


def swapped(pair: Pair, _: Path) -> tuple[str, str]:
    return pair.key, pair.certificate


def without_key(pair: Pair, _: Path) -> tuple[str, None]:
    return pair.certificate, None


def of_another(pair: Pair, folder: Path) -> tuple[str, str]:
    return pair.certificate, pair_in(folder / "other").key


def garbage(pair: Pair, folder: Path) -> tuple[str, str]:
    file = folder / "garbage.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    return str(file), pair.key


def encrypted(pair: Pair, folder: Path) -> tuple[str, str]:
    file = str(folder / "encrypted.pem")
    command = ["openssl", "pkey", "-aes256", "-passout", "pass:secret", "-in", pair.key, "-out", file]
    subprocess.run(command, check=True, capture_output=True)
    return pair.certificate, file


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (missing, "The certificate .*none.pem cannot be read: No such file or directory"),
        (missing_key, "The private key .*none.pem cannot be read: No such file or directory"),
        (swapped, "key.pem holds no certificate in PEM"),
        (without_key, "certificate.pem holds no private key in PEM"),
        (of_another, "The key in .*other/key.pem is not that of the certificate in .*one/certificate.pem"),
        (garbage, "hold no certificate and key that can be used"),
        (encrypted, "The key in .*encrypted.pem is encrypted"),
    ],
)
def test_what_cannot_be_used_is_refused(pair: Pair, tmp_path: Path, wrong: Wrong, said: str) -> None:
    certificate, key = wrong(pair, tmp_path)
    with pytest.raises(SetupError, match=said):
        EmulatorServer(certificate=certificate, certificate_key=key)


def test_a_key_alone_is_refused(pair: Pair) -> None:
    done = invoke("--port", "0", "--certificate-key", pair.key)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--certificate-key needs --certificate" in done.stderr


def test_sockets_are_encrypted_too_and_close_when_the_server_stops(pair: Pair) -> None:
    context = ssl.create_default_context(cafile=pair.certificate)
    with (
        served(Application()),
        EmulatorServer(certificate=pair.certificate, certificate_key=pair.key) as server,
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        made = Socket(connection)
        made.say(handshake("/"), text("Hello"))
        assert made.head()[0] == 101
        assert made.hear().text == "Hello"
        server._server.should_exit = True  # noqa: SLF001
        assert made.hear().closing == (1001, "The emulator stops")
        made.say(closing(1001))
        assert made.rest() == b""
