"""The demo business: an interior outfitter with three years of invented customers, so that a first look shows a living ladder.

Everything it makes hangs on the source "demo", and clearing it removes exactly that. Its history is
not drawn: only facts are made up, the ladder is what the fold makes of them.
"""

from loyaltycrm.demo.business import SLUG
from loyaltycrm.demo.clearing import clear, is_there, job
from loyaltycrm.demo.filling import CUSTOMERS, fill

__all__ = ["CUSTOMERS", "SLUG", "clear", "fill", "is_there", "job"]
