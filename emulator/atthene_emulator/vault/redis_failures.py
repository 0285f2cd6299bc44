"""What goes wrong with a Redis, and what to do about it, in sentences. This module is the one list of them."""

import re

from redis.exceptions import ResponseError

_SENTENCES = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (
            r"EMPTIED",
            "has lost what was kept, as it was emptied while it was used; start every emulator that uses it again",
        ),
        (r"TimeoutError", "does not answer in time; see whether it is stopped, or has too much to do"),
        (
            r"(?i)WRONGPASS|invalid (username-)?password|invalid username",
            "does not accept the user and the password of the URL; correct them",
        ),
        (r"(?i)without any password configured", "wants no password; leave it out of the URL"),
        (r"(?i)NOAUTH|AuthenticationError", "wants a password; write redis://[user]:password@host:port/db"),
        (
            r"NoPermissionError|NOPERM",
            (
                "does not permit its user what is needed; give it @read, @write, @scripting, @connection, info and pubsub "
                "with our keys and channels, which begin with the prefix in braces"
            ),
        ),
        (r"(?i)read only (replica|slave)", "is a replica that nobody may write to; name the one that it follows"),
        (
            r"(?i)OutOfMemory|\bOOM\b|used memory",
            "has no memory left for more; raise its maxmemory, or delete namespaces",
        ),
        (r"(?i)LOADING|loading the dataset", "is still reading its data; try again in a moment"),
        (
            r"MISCONF",
            (
                "takes no changes as it cannot write its data to its disk; its log says why, and CONFIG SET "
                "stop-writes-on-bgsave-error no has it go on without"
            ),
        ),
        (r"(?i)NOREPLICAS", "takes no changes as too few replicas follow it; see min-replicas-to-write"),
        (r"\bBUSY\b|(?i:busy running a script)", "is busy with a script of somebody; try again when it has ended"),
        (
            r"InvalidResponse|Protocol Error|ValueError",
            "does not answer as a Redis does; correct the host and the port of the URL",
        ),
        (
            r"unknown command|syntax error",
            "does not know a command that Redis has from version 6.0 on; use a newer one, or Valkey",
        ),
        (r"(?i)number of clients", "has as many clients as it takes; raise its maxclients"),
        (r"(?i)DB index|Invalid Database", "has no database of that number; correct the number in the URL"),
        (r"(?i)certificate|\bSSL", "cannot be reached by TLS; check its certificate, or name ours with ?ssl_ca_certs="),
    )
)


def explained(error: BaseException, shown: str) -> str:
    """A sentence about an error of the package redis, or of the system: which Redis, what is wrong, and the remedy."""
    text = str(error).partition("\n")[0]
    if type(error).__name__ == "MovedError":
        return f"{shown} is one of a cluster, and {text.rpartition(' ')[2]} has our keys; name that one"
    said = f"{type(error).__name__}: {text}"
    for pattern, sentence in _SENTENCES:
        if pattern.search(said):
            return f"{shown} {sentence}"
    if isinstance(error, ResponseError):
        return f"{shown} refuses what it is asked for: {text}"
    return f"{shown} cannot be reached ({text or type(error).__name__}); start it, or correct the URL"
