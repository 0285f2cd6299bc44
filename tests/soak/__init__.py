"""Many clients in many worlds at once."""
