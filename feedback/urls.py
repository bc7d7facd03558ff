"""Addresses that record what a customer says."""

from django.urls import path

from feedback import views

app_name = "feedback"
urlpatterns = [
    path("<uuid:uuid>/recommendations/new/", views.recommendation_new, name="recommendation_new"),
    path("<uuid:uuid>/answers/new/", views.response_new, name="response_new"),
    path("<uuid:uuid>/complaints/new/", views.complaint_new, name="complaint_new"),
    path("<uuid:uuid>/complaints/<uuid:complaint>/answer/", views.complaint_answer, name="complaint_answer"),
    path("<uuid:uuid>/referrals/new/", views.referral_new, name="referral_new"),
]
