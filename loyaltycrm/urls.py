"""Every address of the application."""

from django.contrib import admin
from django.urls import include, path

from feedback import public_views, unsubscribe_views
from ladder.views.day import my_day
from loyaltycrm import figuring, views
from loyaltycrm.own.views import own_page

urlpatterns = [
    path("", my_day, name="my_day"),
    path("", include("ladder.urls")),
    path("customers/", views.customer_list, name="customer_list"),
    path("customers/customers.csv", views.customer_list_csv, name="customer_list_csv"),
    path("customers/<uuid:uuid>/", views.customer, name="customer"),
    path("customers/", include("customers.urls")),
    path("customers/", include("feedback.urls")),
    path("listening/", include("feedback.listening_urls")),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include("loyaltycrm.api")),
    path("imports/", include("customers.import_urls")),
    path("listening/surveys/", include("feedback.survey_urls")),
    path("s/<str:token>/", public_views.answer, name="survey_answer"),
    path("u/<str:token>/", unsubscribe_views.unsubscribe, name="unsubscribe"),
    path("me/<str:token>/", own_page, name="own_page"),
    path("demo/", views.demo_progress, name="demo"),
    path("demo/clear/", views.demo_clear, name="demo_clear"),
    path("health/", views.health, name="health"),
    path("listening/figures/", figuring.figure_page, name="figures"),
    path("help/", views.help, name="help"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("admin/", admin.site.urls),
]

handler404 = "loyaltycrm.views.page_not_found"
handler500 = "loyaltycrm.views.server_error"
