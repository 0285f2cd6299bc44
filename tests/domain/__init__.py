"""The nouns and use cases."""
