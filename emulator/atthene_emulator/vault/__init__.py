"""State that lasts and is shared: what keeps namespaces as rows, and whose they are. Loaded only where a store is wanted."""
