"""Pages about one customer, and the owner of many.

The list and the customer's own page need several apps; they are in `loyaltycrm.views`.
"""
