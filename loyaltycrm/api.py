"""Every app's REST, under /api/v1/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from customers import api as customers
from customers import fields_api as fields
from customers import own_api as own
from customers import partnership_api as partnership
from feedback import api as feedback
from feedback import survey_api as surveys
from feedback import themes_api as themes
from ladder import actions_api as actions
from ladder import api as ladder
from ladder import editions_api as editions
from ladder import movements_api as movements
from ladder import overrides_api as overrides
from ladder import rules_api as rules
from ladder import runs_api as runs
from ladder import trials_api as trials
from loyaltycrm import figures_api as figures

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class Nothing(APIView):
    """Any other address below /api/ is a problem document too."""

    permission_classes = []
    schema = None

    def get(self, request: Request, **kwargs: object) -> Response:
        raise NotFound("There is nothing at this address; see /api/v1/docs/.")

    post = put = patch = delete = get


app_name = "api"
urlpatterns = [
    path("schema/", login_not_required(SpectacularAPIView.as_view(permission_classes=[])), name="schema"),
    path(
        "docs/",
        login_not_required(
            SpectacularSwaggerSplitView.as_view(
                url_name="api:schema", permission_classes=[], template_name="loyaltycrm/api_docs.html"
            )
        ),
        name="docs",
    ),
    path("customers/", customers.CustomerList.as_view(), name="customer_list"),
    path(
        "customers/by-external/<slug:source>/<str:external_id>/",
        customers.CustomerByExternal.as_view(),
        name="customer_by_external",
    ),
    path("customers/<str:key>/", customers.CustomerOne.as_view(), name="customer"),
    path("customers/<str:key>/placements/", ladder.CustomerPlacements.as_view(), name="customer_placements"),
    path("customers/<str:key>/movements/", ladder.CustomerMovements.as_view(), name="customer_movements"),
    path("customers/<str:key>/overrides/", overrides.OverrideList.as_view(), name="override_list"),
    path(
        "customers/<str:key>/overrides/<str:override>/withdraw/",
        overrides.OverrideWithdrawal.as_view(),
        name="override_withdraw",
    ),
    path("customers/<str:key>/fields/", fields.FieldValueList.as_view(), name="field_value_list"),
    path("fields/", fields.FieldList.as_view(), name="field_list"),
    path("purchases/", customers.PurchaseList.as_view(), name="purchase_list"),
    path("purchases/<str:key>/corrections/", customers.PurchaseCorrection.as_view(), name="purchase_correction"),
    path("refunds/<str:key>/corrections/", customers.RefundCorrection.as_view(), name="refund_correction"),
    path("refunds/", customers.RefundList.as_view(), name="refund_list"),
    path("recommendations/", feedback.RecommendationList.as_view(), name="recommendation_list"),
    path("asks/", feedback.AskList.as_view(), name="ask_list"),
    path("responses/", feedback.ResponseList.as_view(), name="response_list"),
    path("satisfaction/", feedback.SatisfactionList.as_view(), name="satisfaction_list"),
    path("opinions/", surveys.OpinionList.as_view(), name="opinion_list"),
    path("importances/", feedback.ImportanceList.as_view(), name="importance_list"),
    path("surveys/", surveys.SurveyList.as_view(), name="survey_list"),
    path("surveys/<slug:slug>/invitations/", surveys.SurveyInvitations.as_view(), name="survey_invitations"),
    path("invitations/<str:key>/bounce/", surveys.InvitationBounce.as_view(), name="invitation_bounce"),
    path("invitations/<str:key>/letter/", surveys.InvitationLetter.as_view(), name="invitation_letter"),
    path("complaints/", feedback.ComplaintList.as_view(), name="complaint_list"),
    path("complaints/<str:key>/", feedback.ComplaintOne.as_view(), name="complaint"),
    path("complaints/<str:key>/grade/", feedback.ComplaintGrading.as_view(), name="complaint_grade"),
    path("complaints/<str:key>/give/", feedback.ComplaintGiving.as_view(), name="complaint_give"),
    path("complaints/<str:key>/remedies/", feedback.RemedyList.as_view(), name="remedy_list"),
    path("complaints/<str:key>/check/", feedback.ComplaintCheck.as_view(), name="complaint_check"),
    path("complaints/<str:key>/answer/", feedback.ComplaintAnswer.as_view(), name="complaint_answer"),
    path("complaints/<str:key>/reopen/", feedback.ComplaintReopening.as_view(), name="complaint_reopen"),
    path("hostile-acts/", feedback.HostileActList.as_view(), name="hostile_act_list"),
    path("leaving-notices/", feedback.LeavingNoticeList.as_view(), name="leaving_notice_list"),
    path("competitors-considered/", feedback.CompetitorConsideredList.as_view(), name="competitor_considered_list"),
    path("referrals/", partnership.ReferralList.as_view(), name="referral_list"),
    path("referrals/<str:key>/referred/", partnership.ReferralReferred.as_view(), name="referral_referred"),
    path("involvements/", partnership.InvolvementList.as_view(), name="involvement_list"),
    path("joint-plans/", partnership.JointPlanList.as_view(), name="joint_plan_list"),
    path("joint-plans/<str:key>/accept/", partnership.JointPlanAcceptance.as_view(), name="joint_plan_accept"),
    path("joint-plans/<str:key>/end/", partnership.JointPlanEnd.as_view(), name="joint_plan_end"),
    path("figures/<slug:figure>/", figures.FigureOne.as_view(), name="figure"),
    path("corrections/", own.CorrectionList.as_view(), name="correction_list"),
    path("corrections/<str:key>/answer/", own.CorrectionAnswer.as_view(), name="correction_answer"),
    path("themes/", themes.ThemeList.as_view(), name="theme_list"),
    path("themes/<slug:slug>/", themes.ThemeOne.as_view(), name="theme"),
    path("themes/<slug:slug>/messages/", themes.ThemeGathering.as_view(), name="theme_gather"),
    path("themes/<slug:slug>/samples/", themes.SampleList.as_view(), name="sample_list"),
    path("themes/<slug:slug>/samples/<int:pk>/invitations/", themes.SampleInviting.as_view(), name="sample_invite"),
    path("themes/<slug:slug>/members/", themes.MemberList.as_view(), name="sample_members"),
    path("sample-members/<str:key>/answer/", themes.MemberAnswer.as_view(), name="sample_answer"),
    path("failures/", themes.FailureList.as_view(), name="failure_list"),
    path("suggestions/", themes.SuggestionList.as_view(), name="suggestion_list"),
    path("suggestions/<str:key>/support/", themes.SuggestionSupport.as_view(), name="suggestion_support"),
    path("suggestions/<str:key>/answer/", themes.SuggestionAnswer.as_view(), name="suggestion_answer"),
    path("notes/", themes.NoteList.as_view(), name="note_list"),
    path("placements/", ladder.PlacementList.as_view(), name="placement_list"),
    path("ladders/<slug:slug>/rungs/", ladder.RungList.as_view(), name="rung_list"),
    path("ladders/<slug:slug>/movements/", movements.LadderMovements.as_view(), name="ladder_movements"),
    path("editions/", editions.EditionList.as_view(), name="edition_list"),
    path("editions/<int:pk>/", editions.EditionOne.as_view(), name="edition"),
    path("editions/<int:pk>/rules/", rules.EditionRules.as_view(), name="edition_rules"),
    path("editions/<int:pk>/proposals/", rules.EditionProposals.as_view(), name="edition_proposals"),
    path("editions/<int:pk>/keep/", editions.EditionKeeping.as_view(), name="edition_keep"),
    path("editions/<int:pk>/publish/", editions.EditionPublication.as_view(), name="edition_publish"),
    path("editions/<int:pk>/call-back/", editions.EditionCallBack.as_view(), name="edition_call_back"),
    path("backtests/", trials.BacktestList.as_view(), name="backtest_list"),
    path("backtests/<int:pk>/", trials.BacktestOne.as_view(), name="backtest"),
    path("backtests/<int:pk>/cancel/", trials.BacktestCancelling.as_view(), name="backtest_cancel"),
    path("simulations/", trials.TrialList.as_view(), name="trial_list"),
    path("simulations/<int:pk>/", trials.TrialOne.as_view(), name="trial"),
    path("simulations/<int:pk>/moves/", trials.TrialMoves.as_view(), name="trial_moves"),
    path("simulations/<int:pk>/cancel/", trials.TrialCancelling.as_view(), name="trial_cancel"),
    path("runs/", runs.RunList.as_view(), name="run_list"),
    path("runs/<int:pk>/", runs.RunOne.as_view(), name="run"),
    path("runs/<int:pk>/cancel/", runs.RunCancelling.as_view(), name="run_cancel"),
    path("runs/<int:pk>/resume/", runs.RunResuming.as_view(), name="run_resume"),
    path("actions/", actions.ActionList.as_view(), name="action_list"),
    path("actions/<str:key>/done/", actions.ActionDone.as_view(), name="action_done"),
    path("actions/<str:key>/snooze/", actions.ActionSnooze.as_view(), name="action_snooze"),
    path("actions/<str:key>/dismiss/", actions.ActionDismiss.as_view(), name="action_dismiss"),
    re_path(r"^.*$", Nothing.as_view(), name="nothing"),
]
