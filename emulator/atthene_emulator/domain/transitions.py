"""How long uploads, collections, ingestion and artifacts take in a namespace, and which files fail. This module is that part (D105)."""

from atthene_emulator.domain.pace import USUAL, Course, Pace, Resource, read_course, written_course
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.process import Process
from atthene_emulator.domain.seed import Seed


class Transitions(SavedPart):
    """Begins processes as its course says, and counts failures.

    Attributes:
        course: counts for what begins from now on.
    """

    scope = "transitions"
    tables = ("transitions",)

    def __init__(self) -> None:
        self.set(USUAL)

    def set(self, course: Course) -> None:
        """Follow another course, whose failures have not happened yet."""
        self.course = course
        self._failed = [0] * len(course.failures)

    def begin(self, resource: Resource, now: float, usual: float, failure: str | None = None) -> Process:
        """A process that begins now, and takes `usual` seconds unless the course says something else."""
        return Process(now, self.course.paces.get(resource, Pace(usual)), failure=failure)

    def failure_of(self, resource: Resource, name: str) -> str | None:
        """Why a file of this name fails there, this time; None if it does not."""
        for index, failure in enumerate(self.course.failures):
            left = failure.times is None or self._failed[index] < failure.times
            if left and failure.is_about(resource, name):
                self._failed[index] += 1
                return failure.message
        return None

    def reset(self, seed: Seed) -> None:
        """Follow the course of the seed."""
        self.set(seed.transitions)

    def save(self) -> Json:
        """The course, and how often each failure has happened."""
        return {"transitions": {**written_course(self.course), "failed": list(self._failed)}}

    def load(self, saved: Saved) -> None:
        """Go on from what was saved."""
        entry = saved.document.get("transitions", {})
        self.set(read_course(entry))
        self._failed = [int(one) for one in entry.get("failed", self._failed)]
