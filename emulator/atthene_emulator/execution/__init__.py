"""A configuration's graph being run, without a model: variables, scripts, templates, usage. No HTTP, no namespace."""
