"""Records as JSON, and records again. This module is how they are read, by what their classes say of their fields.

A `NamedTuple` is written as an array of its fields, which JSON's encoder does by itself. A field may be a text, a number, a literal,
bytes, a mapping by names, a tuple of any length, plain JSON for `Any`, another record, or a union of those that JSON tells apart;
where a union has several records, each is written `tagged`. Nothing is ever made of JSON but the records that are named there.
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite
from operator import call
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Read = Callable[[Any], Any]

_BASE64 = "base64"
_LARGEST = 2**53  # of whole numbers; beyond it others do not write them to the digit


def tagged(record: tuple[Any, ...]) -> tuple[Any, ...]:
    """A record of a union of several, with its name in front."""
    return (type(record).__name__, *record)


class Readers:
    """Readers of JSON by types; each is made when it is asked for first.

    A reader raises ValueError, TypeError or KeyError for what is no JSON of its type.

    Args:
        instead: records that are written in place of others, by those.
    """

    def __init__(self, instead: Mapping[type, type] | None = None) -> None:
        self._instead = instead or {}
        self._known: dict[Any, Read] = {}

    def of(self, kind: Any) -> Read:
        """The reader of a type."""
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = self._made(self._instead.get(kind, kind))
        return found

    def _made(self, kind: Any) -> Read:
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Literal:
            return _one_of(inner)
        if origin is tuple:
            return _tuple_of(self.of(inner[0]))
        if origin is Mapping:
            return _mapping_to(self.of(inner[1]))
        if origin in (Union, UnionType):
            return self._union(inner)
        return self._record(kind)

    def _union(self, kinds: tuple[Any, ...]) -> Read:
        records = [one for one in kinds if hasattr(one, "_fields")]
        if len(records) > 1:
            return _tagged_of({one.__name__: self.of(one) for one in records})
        if all(one in _EXACT for one in kinds):
            return _exactly(*kinds)
        return _either({kind: self.of(one) for one in kinds for kind in _json_types(one)})

    def _record(self, kind: Any) -> Read:
        hints = get_type_hints(kind)
        readers = [self.of(hints[name]) for name in kind._fields]
        most, least = len(readers), len(readers) - len(kind._field_defaults)

        def read(value: Any) -> Any:
            if type(value) is not list or not least <= len(value) <= most:
                raise _damaged(kind.__name__)
            fields = map(call, readers, value)
            return kind._make(fields) if len(value) == most else kind(*fields)

        return read


def _damaged(wanted: str) -> ValueError:
    return ValueError(f"there is something else in place of {wanted}")


def _names(kinds: Iterable[type]) -> str:
    return " or ".join(one.__name__ for one in kinds)


def _exactly(*kinds: type) -> Read:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise _damaged(_names(kinds))
        return value

    return read


def _whole(value: Any) -> int:
    """JSON writes 3 as 3.0 now and then."""
    if type(value) is int and -_LARGEST <= value <= _LARGEST:
        return value
    if type(value) is not float or not -_LARGEST <= value <= _LARGEST or value != int(value):
        raise _damaged("a whole number")
    return int(value)


def _number(value: Any) -> float:
    if type(value) is float and isfinite(value):
        return value
    return float(_whole(value))


def _bytes(value: Any) -> bytes:
    return b64decode(value[_BASE64], validate=True)


def _one_of(literals: tuple[Any, ...]) -> Read:
    def read(value: Any) -> Any:
        if value not in literals:
            raise _damaged(" or ".join(map(str, literals)))
        return value

    return read


def _tuple_of(item: Read) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise _damaged("a list")
        return tuple(map(item, value))

    return read


def _mapping_to(item: Read) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise _damaged("a mapping")
        return value if item is _as_it_is else {name: item(one) for name, one in value.items()}

    return read


def _tagged_of(readers: Mapping[str, Read]) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not list or not value or type(value[0]) is not str:
            raise _damaged("a record")
        return readers[value[0]](value[1:])

    return read


def _either(readers: Mapping[type, Read]) -> Read:
    def read(value: Any) -> Any:
        found = readers.get(type(value))
        if found is None:
            raise _damaged(_names(readers))
        return found(value)

    return read


def _json_types(kind: Any) -> Iterator[type]:
    """What a type is in JSON."""
    origin = get_origin(kind)
    if origin is Literal:
        yield from map(type, get_args(kind))
    elif origin is Mapping or kind is bytes:
        yield dict
    elif origin is tuple or hasattr(kind, "_fields"):
        yield list
    else:
        yield kind
        yield from _ALSO.get(kind, ())


def _as_it_is(value: Any) -> Any:
    return value


_ALSO: Mapping[type, Iterable[type]] = {int: (float,), float: (int,)}
_EXACT = (str, bool, NoneType)
_SIMPLE: Mapping[Any, Read] = {
    Any: _as_it_is, int: _whole, float: _number, bytes: _bytes, **{kind: _exactly(kind) for kind in _EXACT},
}  # fmt: skip
