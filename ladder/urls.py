"""Addresses of the ladder app."""

from django.urls import path

from ladder.views import acts, crosswalk, overriding, pyramid

app_name = "ladder"
urlpatterns = [
    path("ladder/", pyramid.pyramid, name="pyramid"),
    path("ladder/queue/", pyramid.queue_offered, name="queue_offered"),
    path("ladder/<slug:slug>/", pyramid.pyramid, name="pyramid_of"),
    path("ladder/<slug:slug>/beside/<slug:other>/", crosswalk.crosswalk, name="crosswalk"),
    path("customers/<uuid:uuid>/overrides/new/", overriding.override_new, name="override_new"),
    path("customers/<uuid:uuid>/overrides/<uuid:override>/withdraw/", overriding.override_withdraw, name="override_withdraw"),
    path("actions/done/", acts.many_done, name="many_done"),
    path("actions/snooze/", acts.many_snooze, name="many_snooze"),
    path("actions/undo/<uuid:act>/", acts.action_undo, name="action_undo"),
    path("actions/<uuid:uuid>/done/", acts.action_done, name="action_done"),
    path("actions/<uuid:uuid>/snooze/", acts.action_snooze, name="action_snooze"),
    path("actions/<uuid:uuid>/dismiss/", acts.action_dismiss, name="action_dismiss"),
]
