"""Holding the emulator against the real service. This package is what that takes."""
