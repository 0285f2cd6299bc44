"""Handlers of artifacts, which are files of a session."""

from typing import Any

from starlette.responses import Response

from atthene_emulator.domain import artifacts
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.artifact import Artifact, NewArtifact
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.sheet import read_sheet
from atthene_emulator.web.api import artifact_answers
from atthene_emulator.web.aside import aside
from atthene_emulator.web.download import Download, ZipDownload
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.media import artifact_url


def upload_artifact(exchange: Exchange) -> Any:
    """Keep a file in a session."""
    form = exchange.sent_form
    sent = form.file("file")
    new = NewArtifact(
        name=sent.filename,
        content=sent.content,
        title=form.text("title").strip(),
        is_extracted=not form.is_true("skip_extraction"),
    )
    namespace = exchange.namespace
    artifact = artifacts.upload_artifact(namespace, exchange.account, exchange.path["session_id"], new)
    return artifact_answers.artifact(artifact, *_shown_with(exchange, artifact))


def get_artifact(exchange: Exchange) -> Any:
    """One artifact, of whichever session."""
    found = artifacts.find_artifact(exchange.namespace, exchange.account, exchange.path["artifact_id"])
    artifact = artifacts.look_at_artifact(exchange.namespace, found)
    return artifact_answers.artifact_in_detail(artifact, *_shown_with(exchange, artifact))


def _shown_with(exchange: Exchange, artifact: Artifact) -> tuple[float, str, str]:
    """What an answer says besides: the time, the company, a fresh address."""
    namespace = exchange.namespace
    return namespace.clock.now(), exchange.account.company, artifact_url(exchange.root, namespace, artifact)


def get_url(exchange: Exchange) -> Any:
    """A fresh address."""
    return {"url": artifact_url(exchange.root, exchange.namespace, _artifact(exchange))}


def get_status(exchange: Exchange) -> Any:
    """How far an artifact has come."""
    artifact = artifacts.look_at_artifact(exchange.namespace, _artifact(exchange))
    return artifact_answers.status(artifact, exchange.namespace.clock.now())


def download(exchange: Exchange) -> Response:
    """Its bytes."""
    artifact = _artifact(exchange)
    content = artifacts.content_of(exchange.namespace, artifact)
    return Download(content, artifact.name, exchange.headers, exchange.method, inline=exchange.query["preview"])


async def preview(exchange: Exchange) -> Any:
    """Its beginning as a table."""
    artifact = _artifact(exchange)
    content = artifacts.content_of(exchange.namespace, artifact)
    return artifact_answers.preview(await aside(content.size, read_sheet, artifact.name, content))


def download_all(exchange: Exchange) -> Response:
    """All artifacts of a session in a ZIP."""
    session_id, namespace = exchange.path["session_id"], exchange.namespace
    found = artifacts.list_artifacts(namespace, exchange.account, session_id)
    return ZipDownload([(one.name, artifacts.content_of(namespace, one)) for one in found], f"{session_id}.zip")


def copy_to_platform(exchange: Exchange) -> Any:
    """Take an artifact over as a file."""
    artifacts.copy_to_platform(*_named(exchange))
    return {"status": "copied"}


def remove_from_platform(exchange: Exchange) -> Any:
    """Delete that file."""
    artifacts.remove_from_platform(*_named(exchange))
    return {"status": "removed"}


def _artifact(exchange: Exchange) -> Artifact:
    return artifacts.get_artifact(*_named(exchange))


def _named(exchange: Exchange) -> tuple[Namespace, Account, str, str]:
    path = exchange.path
    return exchange.namespace, exchange.account, path["session_id"], path["artifact_id"]
