"""HTTP below ASGI: what uvicorn's connections do not bound, time or answer as the emulator should.

Uvicorn has a connection for each of two parsers, httptools and h11. `with_httptools.py` and `with_h11.py` are those two with
what `connection.py` adds to both; `port.py` is what all connections of one server share. A connection may become a socket:
`handshake.py` is how, `websocket.py` what it is then.
"""
