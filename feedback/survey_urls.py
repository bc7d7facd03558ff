"""Addresses of surveys, for those who work here. The page of a link is in `loyaltycrm.urls`."""

from django.urls import path

from feedback import survey_views as views

app_name = "surveys"
urlpatterns = [
    path("", views.survey_list, name="survey_list"),
    path("<slug:slug>/", views.survey, name="survey"),
    path("<slug:slug>/invite/", views.survey_invite, name="survey_invite"),
    path("invitations/<uuid:uuid>/bounce/", views.invitation_bounce, name="invitation_bounce"),
    path("letters/<uuid:uuid>/decide/", views.letter_decide, name="letter_decide"),
]
