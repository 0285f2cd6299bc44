"""Emulators that are killed and paused under load: what they have answered stays true."""
