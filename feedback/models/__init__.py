"""What customers say: recommendations, answers, complaints, hostile acts, signs that they may leave; what they suggest; what we did wrong;
and the themes in all of it."""

from feedback.models.advocacy import PROMPTS_FOR, Ask, Confirmation, HostileAct, Recommendation
from feedback.models.answers import Response, Satisfaction
from feedback.models.channels import Channel
from feedback.models.complaints import Complaint, ComplaintStep
from feedback.models.failures import Affected, Failure
from feedback.models.hypotheses import Hypothesis
from feedback.models.leaving import CompetitorConsidered, LeavingNotice
from feedback.models.letters import Letter
from feedback.models.messages import Message, Suggestion, Supporter
from feedback.models.opinions import Importance, Matter, Opinion
from feedback.models.questions import Question, QuestionSet, QuestionSetVersion
from feedback.models.remedies import Discretion, Remedy
from feedback.models.service_levels import ServiceLevel, Severity
from feedback.models.surveys import GivenAnswer, Invitation, Reward, Survey
from feedback.models.themes import Candidate, Decision, Sample, SampleMember, Theme, ThemeMessage

__all__ = [
    "PROMPTS_FOR",
    "Affected",
    "Ask",
    "Candidate",
    "Channel",
    "CompetitorConsidered",
    "Complaint",
    "ComplaintStep",
    "Confirmation",
    "Decision",
    "Discretion",
    "Failure",
    "GivenAnswer",
    "HostileAct",
    "Hypothesis",
    "Importance",
    "Invitation",
    "LeavingNotice",
    "Letter",
    "Matter",
    "Message",
    "Opinion",
    "Question",
    "QuestionSet",
    "QuestionSetVersion",
    "Recommendation",
    "Remedy",
    "Response",
    "Reward",
    "Sample",
    "SampleMember",
    "Satisfaction",
    "ServiceLevel",
    "Severity",
    "Suggestion",
    "Supporter",
    "Survey",
    "Theme",
    "ThemeMessage",
]
