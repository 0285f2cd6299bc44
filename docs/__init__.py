"""What is generated: enumerations among the schemas, tables of the documentation, and pages of the reference. `make docs` writes them."""
