"""Configurations as graphs, with what was executed laid over them, and drawn."""
