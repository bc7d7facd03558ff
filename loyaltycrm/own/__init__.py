"""The customer's own page: what we keep of them, why they get what they get, what they prefer, what is not right."""
