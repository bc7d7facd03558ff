"""Addresses of what is heard from many: themes, failures of ours, suggestions, hypotheses."""

from django.urls import path

from feedback import complaint_views, failure_views, idea_views, opinion_views, sample_views, theme_views

app_name = "listening"
urlpatterns = [
    path("", theme_views.theme_list, name="theme_list"),
    path("themes/new/", theme_views.theme_new, name="theme_new"),
    path("themes/<slug:slug>/", theme_views.theme, name="theme"),
    path("themes/<slug:slug>/edit/", theme_views.theme_edit, name="theme_edit"),
    path("themes/<slug:slug>/gather/", theme_views.theme_gather, name="theme_gather"),
    path("themes/<slug:slug>/gathered/<int:pk>/let-go/", theme_views.theme_let_go, name="theme_let_go"),
    path("themes/<slug:slug>/decide/", theme_views.theme_decide, name="theme_decide"),
    path("themes/<slug:slug>/ask/", sample_views.sample_new, name="sample_new"),
    path("themes/<slug:slug>/samples/<int:pk>/invite/", sample_views.sample_invite, name="sample_invite"),
    path("themes/<slug:slug>/asked/<uuid:uuid>/", sample_views.sample_answer, name="sample_answer"),
    path("complaints/", complaint_views.complaint_list, name="complaint_list"),
    path("complaints/<uuid:uuid>/", complaint_views.complaint, name="complaint"),
    path("complaints/<uuid:uuid>/remedies/<uuid:remedy>/", complaint_views.complaint_remedy, name="complaint_remedy"),
    path("complaints/<uuid:uuid>/<slug:act>/", complaint_views.complaint_act, name="complaint_act"),
    path("failures/", failure_views.failure_list, name="failure_list"),
    path("failures/new/", failure_views.failure_new, name="failure_new"),
    path("failures/<uuid:uuid>/", failure_views.failure, name="failure"),
    path("failures/<uuid:uuid>/silence/", failure_views.failure_silence, name="failure_silence"),
    path("suggestions/", idea_views.suggestion_list, name="suggestion_list"),
    path("suggestions/new/", idea_views.suggestion_new, name="suggestion_new"),
    path("suggestions/<uuid:uuid>/", idea_views.suggestion, name="suggestion"),
    path("suggestions/<uuid:uuid>/answer/", idea_views.suggestion_answer, name="suggestion_answer"),
    path("hypotheses/", idea_views.hypothesis_list, name="hypothesis_list"),
    path("hypotheses/new/", idea_views.hypothesis_new, name="hypothesis_new"),
    path("hypotheses/<uuid:uuid>/settle/", idea_views.hypothesis_settle, name="hypothesis_settle"),
    path("opinions/", opinion_views.opinion_list, name="opinion_list"),
    path("notes/new/", idea_views.note_new, name="note_new"),
]
