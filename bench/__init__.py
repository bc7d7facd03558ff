"""Measures; see README.md beside this file."""
