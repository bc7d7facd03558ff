"""Pages of the ladder: my day, the pyramid, and what is done with actions."""
