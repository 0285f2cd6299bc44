"""What is generated: enumerations among the schemas, tables of the README. `make docs` writes them."""
