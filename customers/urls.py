"""Addresses about one customer, and of what is done with many."""

from django.urls import path

from customers.views import describing, households, own, people, recording

app_name = "customers"
urlpatterns = [
    path("new/", people.customer_new, name="customer_new"),
    path("households/", households.household_list, name="household_list"),
    path("households/accept/", households.household_accept, name="household_accept"),
    path("corrections/", own.correction_list, name="correction_list"),
    path("corrections/<uuid:uuid>/answer/", own.correction_answer, name="correction_answer"),
    path("owner/", people.owner_many, name="owner_many"),
    path("owner/undo/", people.owner_undo, name="owner_undo"),
    path("products/", recording.product_options, name="product_options"),
    path("<uuid:uuid>/edit/", people.customer_edit, name="customer_edit"),
    path("<uuid:uuid>/owner/", people.owner, name="owner"),
    path("<uuid:uuid>/need/", describing.qualify, name="qualify"),
    path("<uuid:uuid>/categories/", describing.usable_edit, name="usable_edit"),
    path("<uuid:uuid>/tags/", describing.tags_edit, name="tags_edit"),
    path("<uuid:uuid>/fields/", describing.fields_edit, name="fields_edit"),
    path("<uuid:uuid>/ids/", people.ids_edit, name="ids_edit"),
    path("<uuid:uuid>/limits/", describing.limits_edit, name="limits_edit"),
    path("<uuid:uuid>/own-page/", own.own_link, name="own_link"),
    path("<uuid:uuid>/own-page/withdraw/", own.own_link_close, name="own_link_close"),
    path("<uuid:uuid>/purchases/new/", recording.purchase_new, name="purchase_new"),
    path("<uuid:uuid>/purchases/<uuid:purchase>/withdraw/", recording.purchase_withdraw, name="purchase_withdraw"),
    path("<uuid:uuid>/refunds/<uuid:refund>/withdraw/", recording.refund_withdraw, name="refund_withdraw"),
    path("<uuid:uuid>/purchases/<uuid:purchase>/refund/", recording.refund_new, name="refund_new"),
]
