"""HTTP: operations, the way of a request, the wire format. The only package that imports Starlette."""
