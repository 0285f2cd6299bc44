"""Which files are in which collections and knowledge bases: what changes there when one leaves. This module is those changes.

Files, collections and knowledge bases each have use cases of their own, which know of one another through this alone.
"""

from collections.abc import Collection as Some
from collections.abc import Sequence

from atthene_emulator.domain.collection import FILE_SECONDS, Collection, Member
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.process import Process


def with_members(
    namespace: Namespace, collection: Collection, members: Sequence[Member], settled: int, *, is_forced: bool = False
) -> Collection:
    """The collection with these members, of which the first `settled` are processed, and the others begin to be."""
    now, waiting = namespace.clock.now(), len(members) - settled
    usual = FILE_SECONDS * waiting
    process = namespace.transitions.begin("collections", now, usual) if waiting else Process(now)
    return collection._replace(
        changed_at=now, process=process, members=tuple(members), settled=settled, is_forced=is_forced
    )


def take_out(namespace: Namespace, collection: Collection, file_ids: Some[str]) -> None:
    """Let files leave a collection; the others of it that wait to be processed begin anew."""
    done = collection.processed(namespace.clock.now())
    stay = [member for member in collection.members if member.file_id not in file_ids]
    settled = sum(member.file_id not in file_ids for member in collection.members[:done])
    changed = with_members(namespace, collection, stay, settled, is_forced=collection.is_forced)
    namespace.records.collections.replace(changed)


def leave_all(namespace: Namespace, owner: str, file_ids: Some[str]) -> None:
    """Let files leave all collections and knowledge bases of their account [documented: files/delete@G1]."""
    for collection in namespace.records.collections.page("owner", owner):
        if any(member.file_id in file_ids for member in collection.members):
            take_out(namespace, collection, file_ids)
    for base in namespace.records.knowledge_bases.page("owner", owner):
        stay = tuple(source for source in base.sources if source.id not in file_ids)
        if len(stay) < len(base.sources):
            namespace.records.knowledge_bases.replace(base.with_sources(stay, namespace.clock.now()))


def leave_knowledge_bases(namespace: Namespace, collection: Collection) -> None:
    """Let a collection leave all knowledge bases, with the files that came through it alone [documented: collections/delete@G1]."""
    for base in namespace.records.knowledge_bases.page("owner", collection.owner):
        if collection.id in base.collections:
            named = tuple(one for one in base.collections if one != collection.id)
            without = (source.without(collection.id) for source in base.sources)
            sources = tuple(source for source in without if source.is_direct or source.collections)
            changed = base._replace(collections=named).with_sources(sources, namespace.clock.now())
            namespace.records.knowledge_bases.replace(changed)
