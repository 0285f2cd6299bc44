"""Use cases of artifacts: upload, look up, list, sign and open an address, take over as a file and drop that again.

An artifact is seen by whoever sees its session, and lives as long as that.
"""

from collections.abc import Sequence
from hmac import compare_digest
from operator import attrgetter
from typing import NamedTuple

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.artifact import Artifact, NewArtifact, process_of
from atthene_emulator.domain.artifact_kinds import ACCEPTED
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.files import Upload, create_file, delete_file, get_file
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.process import polled
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.sessions import get_session
from atthene_emulator.errors import (
    DuplicateFile,
    InvalidRequest,
    NoRoom,
    NoSuchArtifact,
    NotFound,
    NotManaged,
    NotOnPlatform,
    NotPermitted,
    Problem,
)
from atthene_emulator.execution.scripts import MadeArtifact
from atthene_emulator.execution.turn import AgentTurn
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.knowledge.documents import extension_of
from atthene_emulator.limits import ARTIFACTS
from atthene_emulator.wording import either

ADDRESS_SECONDS = 4 * 3600  # documented: artifacts/get-url@G4

_MADE = attrgetter("artifacts")


def upload_artifact(namespace: Namespace, account: Account, session_id: str, new: NewArtifact) -> Artifact:
    """Keep a file in a session.

    Raises:
        InvalidRequest: its name says that it is of a type that is not taken; of the field `file`.
        NotFound: as for the session.
        NoRoom: so much is kept that no more is.
    """
    if extension_of(new.name) not in ACCEPTED:
        taken = either([f".{extension}" for extension in ACCEPTED])
        raise InvalidRequest(None, [Problem("file", f"{new.name} is of no type that is taken; send {taken}.")])
    return keep_artifact(namespace, get_session(namespace, account, session_id), new)


def keep_artifact(namespace: Namespace, session: Session, new: NewArtifact) -> Artifact:
    """Keep an artifact of a session, whoever it comes from.

    Raises:
        NoRoom: so much is kept that no more is.
    """
    namespace.check_room()
    artifacts = namespace.records.artifacts
    if artifacts.page("session", session.id, offset=ARTIFACTS.most - 1):
        told = f"The session {session.id} has {ARTIFACTS.shown} artifacts, and no more are kept"
        raise NoRoom(f"{told}; go on in another one, or delete it")
    now = namespace.clock.now()
    artifact = Artifact(
        id=namespace.ids.uuid("artifact"),
        session=session.id,
        owner=session.owner,
        name=new.name,
        title=new.title or new.name,
        digest=new.content.digest,
        size=new.content.size,
        created_at=now,
        process=process_of(new, namespace.transitions, now),
        origin=new.origin,
        is_extracted=new.is_extracted,
    )
    artifacts.add(artifact)
    namespace.contents.add(new.content)
    return artifact


def keep_made(namespace: Namespace, session: Session, outcome: Outcome) -> Outcome:
    """Keep what agents have made in an execution of a session that has ended; the outcome, with the ids of that.

    Of what there is no room for, a note tells.
    """
    if not any(map(_MADE, outcome.turns)):
        return outcome
    turns, notes = list[AgentTurn](), list(outcome.notes)
    for turn in outcome.turns:
        made = tuple(_kept(namespace, session, one, notes) for one in turn.artifacts)
        turns.append(turn._replace(artifacts=made))
    return outcome._replace(turns=tuple(turns), notes=tuple(notes))


def _kept(namespace: Namespace, session: Session, made: MadeArtifact, notes: list[str]) -> MadeArtifact:
    data = made.data.encode("utf-8", "replace") if isinstance(made.data, str) else made.data
    new = NewArtifact(made.name, Content.of(data), made.title, origin="ai_generated")
    try:
        return made._replace(id=keep_artifact(namespace, session, new).id)
    except NoRoom as refusal:
        notes.append(f"The artifact {made.name} is not kept: {refusal.message}")
        return made


def list_artifacts(namespace: Namespace, account: Account, session_id: str) -> Sequence[Artifact]:
    """Those of a session, oldest first.

    Raises:
        NotFound: as for the session.
    """
    return namespace.records.artifacts.page("session", get_session(namespace, account, session_id).id)


def get_artifact(namespace: Namespace, account: Account, session_id: str, artifact_id: str) -> Artifact:
    """An artifact of a session.

    Raises:
        NotFound: as for the session.
        NoSuchArtifact: the session has none of that id.
    """
    session = get_session(namespace, account, session_id)
    artifact = namespace.records.artifacts.get(artifact_id)
    if artifact is None or artifact.session != session.id:
        raise NoSuchArtifact
    return artifact


def find_artifact(namespace: Namespace, account: Account, artifact_id: str) -> Artifact:
    """An artifact of any session that the account sees.

    Raises:
        NoSuchArtifact: there is none of that id.
    """
    artifact = namespace.records.artifacts.get(artifact_id)
    if artifact is None:
        raise NoSuchArtifact
    try:
        get_session(namespace, account, artifact.session)
    except NotFound:
        raise NoSuchArtifact from None
    return artifact


def look_at_artifact(namespace: Namespace, artifact: Artifact) -> Artifact:
    """The artifact, which somebody asks about (D105)."""
    return polled(namespace.records.artifacts, artifact, namespace.clock.now())


def content_of(namespace: Namespace, artifact: Artifact) -> Content:
    """Its bytes.

    Raises:
        ContentDropped: they had to leave for newer ones.
    """
    return namespace.contents.get(artifact.digest, artifact.name)


# Addresses that work without a key


class Address(NamedTuple):
    """What an address has beside the artifact's id: when it ends, in unix seconds, and what proves that it is ours (D107)."""

    expires: int
    signature: str


def sign(namespace: Namespace, artifact: Artifact) -> Address:
    """A fresh address, which works for four hours of the namespace's clock."""
    expires = int(namespace.clock.now()) + ADDRESS_SECONDS
    return Address(expires, _signature(namespace, artifact.id, expires))


def _signature(namespace: Namespace, artifact_id: str, expires: int) -> str:
    return namespace.seal(f"{artifact_id} {expires}")


def artifact_at(namespace: Namespace, artifact_id: str, address: Address) -> Artifact:
    """The artifact that somebody asks for by its address.

    Raises:
        NotPermitted: the address was never given, or has ended.
        NotFound: the artifact is gone with its session.
    """
    expected = _signature(namespace, artifact_id, address.expires)
    if not compare_digest(expected.encode(), address.signature.encode("utf-8", "replace")):
        raise NotPermitted("This URL is not signed by the service; GET …/artifacts/{id}/url/ gives one that works")
    if namespace.clock.now() >= address.expires:
        raise NotPermitted("This URL has expired; GET …/artifacts/{id}/url/ gives a fresh one")
    artifact = namespace.records.artifacts.get(artifact_id)
    if artifact is None:
        raise NotFound("Artifact not found")
    return artifact


# Files


def copy_to_platform(namespace: Namespace, account: Account, session_id: str, artifact_id: str) -> None:
    """Take an artifact over as a file of the account; one that has the same bytes already is taken for it (D68).

    Raises:
        NotFound, NoSuchArtifact: as `get_artifact`.
        NotManaged: no agent has made it.
        ContentDropped: its bytes had to leave for newer ones.
        NoRoom: so much is kept that no more is.
    """
    artifact = _made_by_agent(namespace, account, session_id, artifact_id)
    try:
        file_id = create_file(namespace, account, Upload(artifact.name, content_of(namespace, artifact))).id
        made_file = True
    except DuplicateFile as duplicate:
        file_id = duplicate.file_id
        made_file = artifact.made_file and artifact.file == file_id
    namespace.records.artifacts.replace(artifact._replace(file=file_id, made_file=made_file))


def remove_from_platform(namespace: Namespace, account: Account, session_id: str, artifact_id: str) -> None:
    """Delete the file that was made of an artifact; the artifact stays, and so does a file that the owner had before.

    Raises:
        NotFound, NoSuchArtifact: as `get_artifact`.
        NotManaged: no agent has made it.
        NotOnPlatform: it was not taken over, or the file is gone.
    """
    artifact = _made_by_agent(namespace, account, session_id, artifact_id)
    remove = delete_file if artifact.made_file else get_file
    try:
        remove(namespace, account, artifact.file or "")
    except NotFound:
        raise NotOnPlatform from None
    namespace.records.artifacts.replace(artifact._replace(file=None, made_file=False))


def _made_by_agent(namespace: Namespace, account: Account, session_id: str, artifact_id: str) -> Artifact:
    artifact = get_artifact(namespace, account, session_id, artifact_id)
    if artifact.origin != "ai_generated":
        raise NotManaged
    return artifact
