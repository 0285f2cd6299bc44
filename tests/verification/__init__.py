"""Tests of the kit that looks at a service from outside."""
