"""Tests of graphs and their pictures."""
