"""The examples of docs/explanation/scaling.md: they parse, and name options, paths and ports that there are."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from atthene_emulator.addresses import CONTROL
from atthene_emulator.cli import commands
from atthene_emulator.cli.serve import serve
from atthene_emulator.settings import Settings
from atthene_emulator.web.control.operations import CONTROL as OPERATIONS

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.iterdir())}
BALANCERS = [name for name in TEXTS if name in ("nginx.conf", "haproxy.cfg", "envoy.yaml")]
EACH_FILE = pytest.mark.parametrize("name", TEXTS)
EACH_BALANCER = pytest.mark.parametrize("name", BALANCERS)

SERVICES = yaml.safe_load(TEXTS["compose.yaml"])["services"]
OBJECTS = {
    (one["kind"], one["metadata"]["name"]): one
    for one in yaml.safe_load_all(TEXTS["kubernetes.yaml"])
    if one is not None
}
DEPLOYMENT = OBJECTS["Deployment", "atthene-emulator"]
(POD,) = DEPLOYMENT["spec"]["template"]["spec"]["containers"]
PORTS = {port["name"]: port["containerPort"] for port in POD["ports"]}
ENVIRONMENTS = {
    "compose.yaml": SERVICES["emulator"]["environment"],
    "kubernetes.yaml": {one["name"]: one.get("value", "given") for one in POD["env"]},
}


def image_environment() -> dict[str, str]:
    """The variables of the image, by the Dockerfile."""
    return dict(re.findall(r"(ATTHENE_EMULATOR_\w+)=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))


def objects(kind: str) -> Iterator[Mapping[str, Any]]:
    return (one for (of, _), one in OBJECTS.items() if of == kind)


@EACH_FILE
def test_a_file_starts_with_a_comment_that_says_what_it_is(name: str) -> None:
    assert re.match(r"# [A-Zn].{20,}", TEXTS[name])


@EACH_FILE
def test_every_variable_of_ours_is_an_option(name: str) -> None:
    known = {param.envvar for command in commands.everyone().values() for param in command.params}
    assert set(re.findall(r"ATTHENE_EMULATOR_\w+", TEXTS[name])) - known == set()


@EACH_FILE
def test_every_path_of_the_control_plane_exists(name: str) -> None:
    known = {CONTROL + row.path for row in OPERATIONS}
    found = set(re.findall(rf"{CONTROL}/\w+", TEXTS[name]))
    assert found - known == set()


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_emulator_of_that_environment_would_start(name: str) -> None:
    variables = {**image_environment(), **ENVIRONMENTS[name]}
    variables = {key: value.replace("$(POD_IP)", "10.0.0.7") for key, value in variables.items()}
    variables["ATTHENE_EMULATOR_CONTROL_TOKEN"] = "given"
    with pytest.MonkeyPatch.context() as patch:
        for key, value in variables.items():
            patch.setenv(key, value)
        with click.Context(serve, auto_envvar_prefix=None) as context:
            serve.parse_args(context, [])
    options = {key: value for key, value in context.params.items() if key in Settings.__dataclass_fields__ and value}
    settings = Settings(**options)
    settings.check()
    assert settings.is_shared
    assert settings.port == 8484


@EACH_BALANCER
def test_a_balancer_chooses_by_the_namespace_else_by_the_key(name: str) -> None:
    said = TEXTS[name].lower().replace("_", "-")
    assert all(header in said for header in ("x-emulator-namespace", "x-api-key", "authorization"))
    assert "consistent" in said or "ring-hash" in said


@EACH_BALANCER
def test_a_balancer_lets_sockets_upgrade_and_streams_last(name: str) -> None:
    kept = {
        "nginx.conf": ("proxy_set_header Upgrade", "proxy_buffering off", "proxy_http_version 1.1"),
        "haproxy.cfg": ("timeout tunnel", "timeout server 1h"),
        "envoy.yaml": ("upgrade_type: websocket", "timeout: 0s"),
    }[name]
    assert [line for line in kept if line not in TEXTS[name]] == []


def test_nginx_takes_its_file() -> None:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("there is no nginx on this machine")
    done = subprocess.run(
        [program, "-t", "-q", "-g", "pid /dev/null; error_log stderr;", "-c", str(EXAMPLES / "nginx.conf")],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "[emerg]" in line]) == (0, [])


def test_haproxy_takes_its_file() -> None:
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("there is no haproxy on this machine")
    done = subprocess.run(
        [program, "-c", "-f", str(EXAMPLES / "haproxy.cfg")], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "[ALERT]" in line]) == (0, [])


# compose.yaml


def test_compose_publishes_the_balancer_alone_and_on_this_machine() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"balancer": ["127.0.0.1:8484:8080"]}
    assert "bind :8080" in TEXTS["haproxy.cfg"]


def test_the_balancer_of_compose_finds_its_emulators() -> None:
    name, most, host, port = re.search(r"server-template (\w+) (\d+) (\w+):(\d+)", TEXTS["haproxy.cfg"]).groups()  # type: ignore[union-attr]
    assert (name, host, port) == ("emulator", "emulator", image_environment()["ATTHENE_EMULATOR_PORT"])
    assert SERVICES["emulator"]["deploy"]["replicas"] <= int(most)
    assert "./haproxy.cfg:" in SERVICES["balancer"]["volumes"][0]
    assert (EXAMPLES / SERVICES["emulator"]["build"] / "Dockerfile").resolve() == ROOT / "Dockerfile"


def test_redis_keeps_what_it_has() -> None:
    of_pods = OBJECTS["StatefulSet", "atthene-emulator-redis"]["spec"]["template"]["spec"]["containers"][0]
    for command in (SERVICES["redis"]["command"], of_pods["args"]):
        assert command == ["redis-server", "--appendonly", "yes", "--appendfsync", "everysec"]
    assert SERVICES["redis"]["volumes"] == ["state:/data"]
    assert of_pods["volumeMounts"] == [{"name": "state", "mountPath": "/data"}]


def test_the_image_can_use_a_redis() -> None:
    assert '".[redis]"' in (ROOT / "Dockerfile").read_text(encoding="utf-8")


# kubernetes.yaml


def test_the_ports_are_those_of_the_image_and_of_the_peers() -> None:
    peers = ENVIRONMENTS["kubernetes.yaml"]["ATTHENE_EMULATOR_PEER_ADDRESS"]
    assert {"http": int(image_environment()["ATTHENE_EMULATOR_PORT"]), "peers": int(peers.rpartition(":")[2])} == PORTS
    (of_service,) = OBJECTS["Service", "atthene-emulator"]["spec"]["ports"]
    assert (of_service["port"], of_service["targetPort"]) == (PORTS["http"], "http")


def test_the_store_is_the_redis_beside_it() -> None:
    host, port = re.fullmatch(
        r"redis://([\w-]+):(\d+)/0", ENVIRONMENTS["kubernetes.yaml"]["ATTHENE_EMULATOR_STORE"]
    ).groups()  # type: ignore[union-attr]
    assert OBJECTS["Service", host]["spec"]["ports"][0]["port"] == int(port)


def test_every_selector_finds_pods() -> None:
    labels = [
        one["spec"]["template"]["metadata"]["labels"] for kind in ("Deployment", "StatefulSet") for one in objects(kind)
    ]
    services = [one["spec"]["selector"] for one in objects("Service")]
    policies = [one["spec"]["podSelector"]["matchLabels"] for one in objects("NetworkPolicy")]
    assert len(services) == len(policies) == len(labels) == 2
    assert [one for one in (*services, *policies) if one not in labels] == []


@pytest.mark.parametrize(("probe", "path"), [("readinessProbe", "/ready"), ("livenessProbe", "/health")])
def test_a_probe_asks_what_it_should(probe: str, path: str) -> None:
    asked = POD[probe]["httpGet"]
    assert (asked["path"], asked["port"]) == (CONTROL + path, "http")


def test_the_token_is_a_secret() -> None:
    (token,) = (one for one in POD["env"] if one["name"] == "ATTHENE_EMULATOR_CONTROL_TOKEN")
    assert token["valueFrom"] == {"secretKeyRef": {"name": "atthene-emulator", "key": "control-token"}}
    assert "generic atthene-emulator --from-literal=control-token=" in TEXTS["kubernetes.yaml"]


def test_only_emulators_reach_the_port_for_emulators_and_redis() -> None:
    ours = [{"podSelector": {"matchLabels": {"app": "atthene-emulator"}}}]
    rules = {
        rule["ports"][0]["port"]: rule.get("from")
        for one in objects("NetworkPolicy")
        for rule in one["spec"]["ingress"]
    }
    assert rules == {PORTS["http"]: None, PORTS["peers"]: ours, 6379: ours}


def test_an_emulator_has_time_to_stop() -> None:
    before = POD["lifecycle"]["preStop"]["exec"]["command"]
    assert before[0] == "sleep"
    assert int(before[1]) + 10 < DEPLOYMENT["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
