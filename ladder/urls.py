"""Addresses of the ladder app."""

from django.urls import path

from ladder import views

app_name = "ladder"
urlpatterns = [
    path("ladder/", views.pyramid, name="pyramid"),
    path("ladder/queue/", views.queue_offered, name="queue_offered"),
    path("ladder/<slug:slug>/", views.pyramid, name="pyramid_of"),
    path("customers/<uuid:uuid>/standing/", views.standing, name="standing"),
    path("customers/<uuid:uuid>/reason/", views.reason, name="reason"),
    path("customers/<uuid:uuid>/actions/", views.customer_actions, name="customer_actions"),
    path("actions/undo/<uuid:act>/", views.action_undo, name="action_undo"),
    path("actions/<uuid:uuid>/done/", views.action_done, name="action_done"),
    path("actions/<uuid:uuid>/snooze/", views.action_snooze, name="action_snooze"),
    path("actions/<uuid:uuid>/dismiss/", views.action_dismiss, name="action_dismiss"),
]
