"""HTTP: operations, the road of a request, the wire format. The only package that imports Starlette."""
