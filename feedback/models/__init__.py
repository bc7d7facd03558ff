"""What customers say: recommendations, answers, complaints, hostile acts, and signs that they may leave."""

from feedback.models.advocacy import Confirmation, HostileAct, Recommendation
from feedback.models.answers import Response, Satisfaction
from feedback.models.channels import Channel
from feedback.models.complaints import Complaint, ComplaintStep
from feedback.models.leaving import CompetitorConsidered, LeavingNotice

__all__ = [
    "Channel",
    "CompetitorConsidered",
    "Complaint",
    "ComplaintStep",
    "Confirmation",
    "HostileAct",
    "LeavingNotice",
    "Recommendation",
    "Response",
    "Satisfaction",
]
