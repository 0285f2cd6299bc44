"""The nouns and use cases: accounts, agents, sessions, executions, journal, clock, ids. No HTTP in here."""
