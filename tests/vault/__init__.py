"""What keeps namespaces beyond a process."""
