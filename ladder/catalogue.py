"""What of the catalogue counts when it is judged how much of what they can use a customer buys."""

YEAR_OLD = 365  # a category counts from so many days after it was first sold
ASKED = 3  # so many usable categories must be known, where as many are sold
