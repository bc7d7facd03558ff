"""Addresses that record what a customer says."""

from django.urls import path

from feedback import views

app_name = "feedback"
urlpatterns = [
    path("<uuid:uuid>/recommendations/new/", views.recommendation_new, name="recommendation_new"),
    path("<uuid:uuid>/answers/new/", views.response_new, name="response_new"),
]
