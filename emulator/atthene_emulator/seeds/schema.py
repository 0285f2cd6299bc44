"""What a seed document must look like, whoever reads it or a part of it. This module is that schema, compiled once."""

from atthene_emulator.configuration.schema import Schema

SEED = Schema("seed")
