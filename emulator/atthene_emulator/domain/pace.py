"""How long uploads, collections, ingestion and artifacts take, and which files fail. This module is the records of that (D105).

What the service needs for them is not documented, but for the states that they pass; the usual times are those of D68, D70,
D72 and D73.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

Resource = Literal["files", "collections", "knowledge_bases", "artifacts"]
RESOURCES: tuple[Resource, ...] = get_args(Resource)
NOT_PROCESSED = "Failed to process documents"  # [documented: knowledge-bases@G0]

_Json = dict[str, Any]


class Pace(NamedTuple):
    """How long something takes: seconds, or how often it is asked about until it is over. Zero of both is at once."""

    seconds: float = 0.0
    polls: int = 0


class Failure(NamedTuple):
    """Files that do not become what is wanted of them.

    Attributes:
        file: pattern of their names, such as `*.pdf`; case does not matter.
        resources: in what they fail.
        message: why.
        times: how often; None for always.
    """

    file: str
    resources: tuple[Resource, ...] = ("knowledge_bases",)
    message: str = NOT_PROCESSED
    times: int | None = None

    def is_about(self, resource: Resource, name: str) -> bool:
        """Whether a file of this name fails there."""
        return resource in self.resources and fnmatchcase(name.lower(), self.file.lower())


class Course(NamedTuple):
    """How all of that goes.

    Attributes:
        paces: where they are not the usual ones.
        failures: the first one that is about a file counts.
    """

    paces: Mapping[Resource, Pace] = MappingProxyType({})
    failures: tuple[Failure, ...] = ()


USUAL = Course()


def read_course(entry: Mapping[str, Any]) -> Course:
    """Read an entry that fits the schema."""
    paces = {resource: _pace(entry[resource]) for resource in RESOURCES if resource in entry}
    return Course(paces, tuple(map(_failure, entry.get("failures", ()))))


def _pace(entry: Any) -> Pace:
    if entry == "immediate":
        return Pace()
    return Pace(float(entry.get("after_seconds", 0)), int(entry.get("after_polls", 0)))


def _failure(entry: Mapping[str, Any]) -> Failure:
    times = entry.get("times")
    return Failure(
        entry["file"],
        tuple(entry.get("in", ("knowledge_bases",))),
        entry.get("message", NOT_PROCESSED),
        None if times is None else int(times),
    )


def written_course(course: Course) -> _Json:
    """An entry that is read as this course."""
    shown: _Json = {resource: _written_pace(pace) for resource, pace in course.paces.items()}
    return {**shown, **({"failures": [_written_failure(one) for one in course.failures]} if course.failures else {})}


def _written_pace(pace: Pace) -> Any:
    if pace.polls:
        return {"after_polls": pace.polls}
    return {"after_seconds": pace.seconds} if pace.seconds else "immediate"


def _written_failure(failure: Failure) -> _Json:
    times = {} if failure.times is None else {"times": failure.times}
    return {"file": failure.file, "in": list(failure.resources), "message": failure.message, **times}
