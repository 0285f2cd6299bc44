"""How sure we are of what the emulator does, and what was decided where the documentation is silent."""
