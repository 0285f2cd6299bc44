"""Knowledge bases are kept whole: with what is true of their files, and with their collection or not at all."""

import pytest

from atthene_emulator.configuration.accepted import Acceptance
from atthene_emulator.domain import ingestion
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.files import Upload, create_file
from atthene_emulator.domain.ingestion import keep, read, unread
from atthene_emulator.domain.knowledge_base import KnowledgeBase
from atthene_emulator.domain.knowledge_base_draft import Draft, NewCollection
from atthene_emulator.domain.knowledge_bases import create_knowledge_base
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.errors import NoRoom
from atthene_emulator.limits import Limit
from atthene_emulator.seeds.files import BundledSeeds


def make(max_stored: int = 10_000_000) -> Namespace:
    return Namespace("n", BundledSeeds().seed("default"), Acceptance(), Options(max_stored=max_stored))


def upload(namespace: Namespace, text: str) -> str:
    return create_file(namespace, namespace.accounts[0], Upload("a.txt", Content.of(text.encode()))).id


def learn(namespace: Namespace, file_id: str, name: str = "Help", saved: str | None = None) -> KnowledgeBase:
    save_as = None if saved is None else NewCollection(saved, "")
    return create_knowledge_base(namespace, namespace.accounts[0], Draft(name, files=[file_id], save_as=save_as))


def test_what_was_read_of_other_bytes_is_not_kept() -> None:
    namespace = make()
    base = learn(namespace, upload(namespace, "one"))
    given = unread(namespace, base)
    (file, _), *_ = given.files
    for other in (file._replace(digest=Content.of(b"two").digest), file):
        namespace.records.files.replace(other)
        keep(namespace, base, given, read(given))
        kept = namespace.records.knowledge_bases.get(base.id)
        assert kept is not None
        assert (kept.corpus is not None) == (other == file)


def test_a_collection_is_saved_with_its_knowledge_base_or_not_at_all() -> None:
    namespace = make()
    file_id, records = upload(namespace, "one"), namespace.records
    begun = records.weight
    learn(namespace, file_id, saved="Measured")
    grown = records.weight - begun
    for room in (0, 1, grown // 2, grown - 1, grown, grown + 1):
        namespace = make()
        file_id, records = upload(namespace, "one"), namespace.records
        namespace.max_stored = records.weight + room
        before = len(records.collections), len(records.knowledge_bases)
        try:
            learn(namespace, file_id, saved="Saved")
        except NoRoom:
            assert (len(records.collections), len(records.knowledge_bases)) == before
        else:
            assert (len(records.collections), len(records.knowledge_bases)) == (before[0] + 1, before[1] + 1)


def test_of_a_large_file_no_more_is_read_than_can_be_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    namespace = make()
    given = unread(namespace, learn(namespace, upload(namespace, "words " * 50_000)))
    whole = read(given)
    monkeypatch.setattr(ingestion, "CHUNK_BYTES", Limit("bytes", 60_000, "counted"))
    part = read(given)
    assert sum(len(chunk.text) for chunk in part.chunks) < 70_000 < sum(len(chunk.text) for chunk in whole.chunks)
    assert abs(part.total - whole.total) <= 1
