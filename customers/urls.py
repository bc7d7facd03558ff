"""Addresses about one customer, and of what is done with many."""

from django.urls import path

from customers import views

app_name = "customers"
urlpatterns = [
    path("new/", views.customer_new, name="customer_new"),
    path("owner/", views.owner_many, name="owner_many"),
    path("owner/undo/", views.owner_undo, name="owner_undo"),
    path("products/", views.product_options, name="product_options"),
    path("<uuid:uuid>/edit/", views.customer_edit, name="customer_edit"),
    path("<uuid:uuid>/owner/", views.owner, name="owner"),
    path("<uuid:uuid>/need/", views.qualify, name="qualify"),
    path("<uuid:uuid>/categories/", views.usable_edit, name="usable_edit"),
    path("<uuid:uuid>/limits/", views.limits_edit, name="limits_edit"),
    path("<uuid:uuid>/purchases/new/", views.purchase_new, name="purchase_new"),
    path("<uuid:uuid>/purchases/<uuid:purchase>/withdraw/", views.purchase_withdraw, name="purchase_withdraw"),
    path("<uuid:uuid>/refunds/<uuid:refund>/withdraw/", views.refund_withdraw, name="refund_withdraw"),
    path("<uuid:uuid>/purchases/<uuid:purchase>/refund/", views.refund_new, name="refund_new"),
]
