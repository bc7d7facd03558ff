"""How far ahead of now what is recorded may be dated, by whichever door it comes."""

from datetime import timedelta

AHEAD = timedelta(days=366)
"""What is agreed on for a day to come waits for it; what lies beyond a year is a slip."""
