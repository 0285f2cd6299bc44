"""`python -m emulator` is `atthene-emulator`. This module is that door."""

from emulator.cli import main

main()
