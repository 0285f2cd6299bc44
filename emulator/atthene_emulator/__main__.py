"""`python -m atthene_emulator` is `atthene-emulator`. This module is that door."""

from atthene_emulator.cli import main

main()
