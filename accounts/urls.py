"""Addresses of the people who sign in."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("settings/", views.settings, name="settings"),
    path("settings/theme/", views.theme, name="theme"),
    path("settings/password/", views.password, name="password"),
]
