"""Handlers of the imitated API, a few lines each: they call a use case and say what the wire shows."""
