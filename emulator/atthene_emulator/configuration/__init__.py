"""The configuration language: reading, schema, rules, findings. No HTTP and no sessions in here."""
