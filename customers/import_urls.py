"""Addresses of imports."""

from django.urls import path

from customers import import_views as views

app_name = "imports"
urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("waiting/", views.waiting_list, name="waiting_list"),
    path("<uuid:uuid>/", views.import_one, name="import_one"),
    path("<uuid:uuid>/commit/", views.import_commit, name="import_commit"),
    path("<uuid:uuid>/undo/", views.import_undo, name="import_undo"),
    path("<uuid:uuid>/refused.csv", views.import_refused, name="import_refused"),
]
