"""Addresses that record what a customer says and does beside buying."""

from django.urls import path

from feedback import idea_views, views

app_name = "feedback"
urlpatterns = [
    path("<uuid:uuid>/recommendations/new/", views.recommendation_new, name="recommendation_new"),
    path("<uuid:uuid>/asks/new/", views.ask_new, name="ask_new"),
    path("<uuid:uuid>/answers/new/", views.response_new, name="response_new"),
    path("<uuid:uuid>/satisfaction/new/", views.satisfaction_new, name="satisfaction_new"),
    path("<uuid:uuid>/opinions/new/", views.opinion_new, name="opinion_new"),
    path("<uuid:uuid>/importances/new/", views.importance_new, name="importance_new"),
    path("<uuid:uuid>/complaints/new/", views.complaint_new, name="complaint_new"),
    path("<uuid:uuid>/complaints/<uuid:complaint>/answer/", views.complaint_answer, name="complaint_answer"),
    path("<uuid:uuid>/referrals/new/", views.referral_new, name="referral_new"),
    path("<uuid:uuid>/involvements/new/", views.involvement_new, name="involvement_new"),
    path("<uuid:uuid>/suggestions/new/", idea_views.suggestion_new, name="suggestion_new"),
    path("<uuid:uuid>/suggestions/support/", idea_views.suggestion_support, name="suggestion_support"),
    path("<uuid:uuid>/notes/new/", idea_views.note_new, name="note_new"),
    path("<uuid:uuid>/plans/new/", views.joint_plan_new, name="joint_plan_new"),
    path("<uuid:uuid>/plans/<uuid:plan>/settle/", views.joint_plan_settle, name="joint_plan_settle"),
    path("<uuid:uuid>/notices/new/", views.leaving_notice_new, name="leaving_notice_new"),
    path("<uuid:uuid>/competitors/new/", views.competitor_new, name="competitor_new"),
    path("<uuid:uuid>/hostile-acts/new/", views.hostile_act_new, name="hostile_act_new"),
    path("<uuid:uuid>/hostile-acts/<uuid:act>/confirm/", views.hostile_act_confirm, name="hostile_act_confirm"),
]
