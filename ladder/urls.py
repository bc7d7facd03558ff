"""Addresses of the ladder app."""

from django.urls import path

from ladder import views

app_name = "ladder"
urlpatterns = [
    path("ladder/", views.pyramid, name="pyramid"),
    path("ladder/queue/", views.queue_offered, name="queue_offered"),
    path("ladder/<slug:slug>/", views.pyramid, name="pyramid_of"),
    path("actions/undo/<uuid:act>/", views.action_undo, name="action_undo"),
    path("actions/<uuid:uuid>/done/", views.action_done, name="action_done"),
    path("actions/<uuid:uuid>/snooze/", views.action_snooze, name="action_snooze"),
    path("actions/<uuid:uuid>/dismiss/", views.action_dismiss, name="action_dismiss"),
]
