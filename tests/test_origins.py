"""Hosts and origins as options name them: those that are understood, and the sentences for those that are not."""

import pytest

from atthene_emulator import origins
from atthene_emulator.errors import SetupError
from atthene_emulator.settings import Settings

HOSTS = [
    ("emulator", "emulator:8484"),
    ("Emulator", "emulator"),
    ("emulator.svc.cluster.local", "emulator.svc.cluster.local."),
    ("emulator.svc.cluster.local.", "emulator.svc.cluster.local"),
    ("emulator.:8484", "emulator.:8484"),
    ("emulator", "localhost."),
    ("emulator", "localhost.:8484"),
    ("emulator:8484", "emulator:8484"),
    ("emulator:80", "emulator"),
    ("*.example.com", "a.example.com:8484"),
    ("fd00::1", "[fd00::1]:8484"),
    ("[FD00:0:0::1]:8484", "[fd00::1]:8484"),
    ("a_b", "a_b"),
    ("*", "anything"),
    ("*", ""),
]
ORIGINS = [
    ("https://app.example.com", "https://app.example.com"),
    ("HTTPS://App.Example.com", "https://app.example.com"),
    ("https://app.example.com:443", "https://app.example.com"),
    ("http://app.example.com:80", "http://app.example.com"),
    ("http://app.example.com:8080", "http://app.example.com:8080"),
    ("http://*.example.com:8080", "http://a.example.com:8080"),
    ("http://box:*", "http://box:5173"),
    ("http://[fd00:0::1]:5173", "http://[fd00::1]:5173"),
    ("null", "null"),
    ("NULL", "null"),
    ("moz-extension://0b5e-41", "moz-extension://0b5e-41"),
    ("moz-extension://*", "moz-extension://0b5e-41"),
    ("http://127.0.0.2:3000", "http://127.0.0.2:3000"),
    ("http://box:65535", "http://box:65535"),
    ("*", "https://anything.example"),
]
SENT = {  # by the pages of apps and of browsers' extensions
    "a file, a sandboxed frame, a data URL": "null",
    "Cordova, an older Electron": "file://",
    "Tauri on macOS, Linux and iOS": "tauri://localhost",
    "Tauri on Windows and Android": "http://tauri.localhost",
    "Capacitor on iOS": "capacitor://localhost",
    "Capacitor on Android": "https://localhost",
    "Capacitor in Electron": "capacitor-electron://-",
    "Ionic's web view": "ionic://localhost",
    "electron-serve": "app://-",
    "Obsidian": "app://obsidian.md",
    "Electron with a protocol of its own": "app://.",
    "Chromium's extensions": "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "Firefox's extensions": "moz-extension://5c1a6f6e-3b0a-4b57-9d3e-0d9f3a7b2c11",
    "Safari's extensions": "safari-web-extension://5C1A6F6E-3B0A-4B57-9D3E-0D9F3A7B2C11",
    "VS Code's panels": "vscode-webview://1k2j3h4g5f",
    "VS Code's own pages": "vscode-file://vscode-app",
    "Wails": "wails://wails",
    "a site": "https://app.example.com",
    "a preview": "https://pr-12--site.preview.example.com",
    "a site in other letters": "https://xn--bcher-kva.example",
    "a machine of the network": "http://192.168.0.10:5173",
    "the same with IPv6": "http://[fd00::1]:5173",
}


@pytest.mark.parametrize(("name", "header"), HOSTS)
def test_a_host_is_understood(name: str, header: str) -> None:
    assert origins.hosts([name]).fullmatch(header)


@pytest.mark.parametrize(
    ("name", "header"),
    [("emulator", "emulator.evil.com"), ("emulator", "xemulator"), ("e.x", "eax"), ("emulator:8484", "emulator"),
     ("*.example.com", "example.com"), ("*.example.com", "a.b.example.com"), ("emulator", "user@emulator")],
)  # fmt: skip
def test_no_other_host_is_meant(name: str, header: str) -> None:
    assert not origins.hosts([name]).fullmatch(header)


@pytest.mark.parametrize(("name", "header"), ORIGINS)
def test_an_origin_is_understood(name: str, header: str) -> None:
    assert origins.origins([name]).fullmatch(header)


@pytest.mark.parametrize("origin", SENT.values(), ids=SENT)
def test_what_browsers_and_apps_send_is_allowed_as_it_is_sent_and_means_nothing_else(origin: str) -> None:
    settings = Settings(cors_origins=(origin,))
    settings.check()
    named = origins.origins(settings.cors_origins)
    assert [other for other in SENT.values() if named.fullmatch(other)] == [origin]


@pytest.mark.parametrize(
    ("name", "header"),
    [("moz-extension://*", "chrome-extension://abc"), ("moz-extension://*", "moz-extension://a/b"),
     ("https://*.example.com", "https://example.com"), ("https://*.example.com", "https://a.b.example.com"),
     ("https://a.example.com", "https://a.example.com:8443"), ("http://box:*", "http://box.evil.com:1"), ("null", "nulls")],
)  # fmt: skip
def test_no_other_origin_is_meant(name: str, header: str) -> None:
    assert not origins.origins([name]).fullmatch(header)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("http://emulator:8484", "did you mean emulator:8484?"),
        ("emulator/api", "did you mean emulator?"),
        ("a,b", "write it like"),
        ("", "write it like"),
        (".example.com", "write it like"),
        (".", "write it like"),
        ("emulator..", "write it like"),
        ("*.", "write it like"),
        ("*example.com", "write it like"),
        ("emulator:*", "write it like"),
        ("a b", "write it like"),
        ("[::zz]", "write it like"),
        ("[1:2]", "write it like"),
    ],
)
def test_a_name_that_is_no_host_is_refused(name: str, said: str) -> None:
    with pytest.raises(SetupError, match=r"is not a host") as refused:
        Settings(allow_hosts=(name,)).check()
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("https://app.example.com/", "did you mean https://app.example.com?"),
        ("https://app.example.com/chat?x#y", "did you mean https://app.example.com?"),
        ("https://user@app.example.com", "did you mean https://app.example.com?"),
        ("https://app.example.com/*", "did you mean https://app.example.com?"),
        ("HTTPS://App.Example.com:443/", "did you mean https://app.example.com?"),
        ("https://app.example.com:", "did you mean https://app.example.com?"),
        ("https://app.example.com:0", "did you mean https://app.example.com?"),
        ("https://app.example.com:65536", "did you mean https://app.example.com?"),
        ("https://app.example.com:08443", "did you mean https://app.example.com:8443?"),
        ("https://app.example.com.", "did you mean https://app.example.com?"),
        ("app.example.com", "did you mean https://app.example.com?"),
        ("//app.example.com", "did you mean https://app.example.com?"),
        ("*.example.com", "did you mean https://*.example.com?"),
        ("localhost:5173", "did you mean http://localhost:5173?"),
        ("https:app.example.com", "did you mean https://app.example.com?"),
        ("http//app.example.com", "did you mean http://app.example.com?"),
        ("https://http://app.example.com", "did you mean http://app.example.com?"),
        ("wss://app.example.com", "did you mean https://app.example.com?"),
        ("ws://box:3000", "did you mean http://box:3000?"),
        ("'https://app.example.com'", "did you mean https://app.example.com?"),
        ("blob:https://app.example.com/5c1a", "did you mean https://app.example.com?"),
        ("file:///home/me/index.html", "did you mean null?"),
        ("data:text/html,x", "did you mean null?"),
        ("tauri://localhost/", "did you mean tauri://localhost?"),
        ("http://10.1:3000", "did you mean http://10.0.0.1:3000?"),
        ("http://10.0.0.999", "write it like"),
        ("https://*.10.0.0.1", "write it like"),
        ("https://a..example", "write it like"),
        ("https://bücher.example", "did you mean https://xn--bcher-kva.example?"),
        ("https://*", "* is every page"),
        ("http://*:3000", "* is every page"),
        ("https://a.*.example.com", "did you mean https://*.example.com?"),
        ("https://pr-*.example.com", "did you mean https://*.example.com?"),
        ("https://*.*.example.com", "did you mean https://*.example.com?"),
        ("https://", "write it like"),
        ("https://.", "write it like"),
        ("https://[", "write it like"),
        ("http://[1:2]", "write it like"),
        ("", "write it like"),
        ("a,b", "write it like"),
    ],
)
def test_a_name_that_is_no_origin_is_refused(name: str, said: str) -> None:
    for option in ("cors_origins", "control_cors_origins"):
        with pytest.raises(SetupError, match=r"is not an origin") as refused:
            Settings(**{option: (name,)}).check()  # type: ignore[arg-type]
        assert said in str(refused.value)


@pytest.mark.parametrize("option", ["cors_origins", "allow_hosts", "control_cors_origins", "seeds"])
def test_a_text_in_place_of_a_tuple_is_refused(option: str) -> None:
    with pytest.raises(SetupError, match=f"{option} is a tuple"):
        Settings(**{option: "https://app.example.com"}).check()  # type: ignore[arg-type]


@pytest.mark.parametrize("token", ["", " ", "\n", "tok\n", " tok", "schlüssel", "a\x00b"])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    with pytest.raises(SetupError, match="--control-token"):
        Settings(control_token=token).check()


# The public URL


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://emulator.example.com/", "https://emulator.example.com"),
        ("https://example.com/a/b/", "https://example.com/a/b"),
        ("HTTPS://Example.com", "https://Example.com"),
        ("https://example.com/a/api/v1", "https://example.com/a"),
        ("https://example.com/__emulator/", "https://example.com"),
        ("http://[fd00::1]:8484", "http://[fd00::1]:8484"),
    ],
)
def test_a_public_url_is_announced_without_what_stands_below_it(given: str, url: str) -> None:
    settings = Settings(public_url=given)
    settings.check()
    assert settings.public_url == url


@pytest.mark.parametrize(
    "url",
    ["", "https://", "emulator", "ftp://example.com", "https://example.com:99999", "https://example.com:0",
     "https://example.com:x", "https://[fd00::1", "https://:8484", "https://example.com?a", "https://bob@example.com"],
)  # fmt: skip
def test_what_is_no_public_url_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="is no public URL; write it like"):
        Settings(public_url=url).check()
