"""What customers say: recommendations, answers, complaints, hostile acts, signs that they may leave; what they suggest; what we did wrong;
and the themes in all of it."""

from feedback.models.advocacy import Confirmation, HostileAct, Recommendation
from feedback.models.answers import Response, Satisfaction
from feedback.models.channels import Channel
from feedback.models.complaints import Complaint, ComplaintStep
from feedback.models.failures import Affected, Failure
from feedback.models.hypotheses import Hypothesis
from feedback.models.leaving import CompetitorConsidered, LeavingNotice
from feedback.models.messages import Message, Suggestion, Supporter
from feedback.models.opinions import Opinion
from feedback.models.questions import Question, QuestionSet, QuestionSetVersion
from feedback.models.surveys import GivenAnswer, Invitation, Survey
from feedback.models.themes import Candidate, Decision, Sample, SampleMember, Theme, ThemeMessage

__all__ = [
    "Affected",
    "Candidate",
    "Channel",
    "CompetitorConsidered",
    "Complaint",
    "ComplaintStep",
    "Confirmation",
    "Decision",
    "Failure",
    "GivenAnswer",
    "HostileAct",
    "Hypothesis",
    "Invitation",
    "LeavingNotice",
    "Message",
    "Opinion",
    "Question",
    "QuestionSet",
    "QuestionSetVersion",
    "Recommendation",
    "Response",
    "Sample",
    "SampleMember",
    "Satisfaction",
    "Suggestion",
    "Supporter",
    "Survey",
    "Theme",
    "ThemeMessage",
]
