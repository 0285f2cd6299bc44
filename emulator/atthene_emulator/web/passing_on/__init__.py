"""Passing on: where several emulators share a store, a request goes on to the one that owns its namespace, and the answer comes back.

`Relay` is what passes on, `received` and `PeerGuard` are what the owner does with it.
"""
