"""The control plane: what is ours and not the service's. This module is its place."""
