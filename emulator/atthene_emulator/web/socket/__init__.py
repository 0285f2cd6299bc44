"""The live socket: its tables, and what answers its frames."""
