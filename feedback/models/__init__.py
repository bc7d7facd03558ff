"""What customers say: recommendations, answers, complaints, hostile acts, and signs that they may leave."""

from feedback.models.advocacy import Confirmation, HostileAct, Recommendation
from feedback.models.answers import Response, Satisfaction
from feedback.models.channels import Channel
from feedback.models.complaints import Complaint, ComplaintStep
from feedback.models.leaving import CompetitorConsidered, LeavingNotice
from feedback.models.opinions import Opinion
from feedback.models.questions import Question, QuestionSet, QuestionSetVersion
from feedback.models.surveys import GivenAnswer, Invitation, Survey

__all__ = [
    "Channel",
    "CompetitorConsidered",
    "Complaint",
    "ComplaintStep",
    "Confirmation",
    "GivenAnswer",
    "HostileAct",
    "Invitation",
    "LeavingNotice",
    "Opinion",
    "Question",
    "QuestionSet",
    "QuestionSetVersion",
    "Recommendation",
    "Response",
    "Satisfaction",
    "Survey",
]
