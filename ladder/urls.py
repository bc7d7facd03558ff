"""Addresses of the ladder app."""

from django.urls import path

from ladder.views import acts, crosswalk, editing, moving, overriding, proposals, publishing, pyramid, rules, runs, trials

app_name = "ladder"
urlpatterns = [
    path("ladder/", pyramid.pyramid, name="pyramid"),
    path("ladder/queue/", pyramid.queue_offered, name="queue_offered"),
    path("ladder/runs/", runs.run_list, name="run_list"),
    path("ladder/runs/new/", runs.run_new, name="run_new"),
    path("ladder/runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("ladder/runs/<int:pk>/resume/", runs.run_resume, name="run_resume"),
    path("ladder/<slug:slug>/", pyramid.pyramid, name="pyramid_of"),
    path("ladder/<slug:slug>/movements/", moving.movements, name="movements"),
    path("ladder/<slug:slug>/beside/<slug:other>/", crosswalk.crosswalk, name="crosswalk"),
    path("rules/", rules.edition_list, name="edition_list"),
    path("rules/<slug:slug>/new/", rules.edition_new, name="edition_new"),
    path("rules/<int:pk>/", rules.edition, name="edition"),
    path("rules/<int:pk>/edit/", rules.edition_edit, name="edition_edit"),
    path("rules/<int:pk>/edit/json/", rules.edition_json, name="edition_json"),
    path("rules/<int:pk>/act/", editing.edition_act, name="edition_act"),
    path("rules/<int:pk>/rungs/<slug:slug>/", editing.rung_edit, name="rung_edit"),
    path("rules/<int:pk>/proposals/", proposals.edition_proposals, name="edition_proposals"),
    path("rules/<int:pk>/discard/", rules.edition_discard, name="edition_discard"),
    path("rules/<int:pk>/try/", trials.trial_new, name="trial_new"),
    path("rules/<int:pk>/backtest/", trials.backtest, name="edition_backtest"),
    path("rules/<int:pk>/publish/", publishing.edition_publish, name="edition_publish"),
    path("rules/<int:pk>/call-back/", publishing.edition_call_back, name="edition_call_back"),
    path("rules/<int:pk>/keep/", publishing.edition_keep, name="edition_keep"),
    path("rules/trials/<int:pk>/moves/", trials.trial_moves, name="trial_moves"),
    path("rules/trials/<int:pk>/cancel/", trials.trial_cancel, name="trial_cancel"),
    path("rules/backtests/<int:pk>/cancel/", trials.backtest_cancel, name="backtest_cancel"),
    path("customers/<uuid:uuid>/overrides/new/", overriding.override_new, name="override_new"),
    path("customers/<uuid:uuid>/overrides/<uuid:override>/withdraw/", overriding.override_withdraw, name="override_withdraw"),
    path("customers/<uuid:uuid>/quarantine/try/", runs.quarantine_try, name="quarantine_try"),
    path("actions/done/", acts.many_done, name="many_done"),
    path("actions/snooze/", acts.many_snooze, name="many_snooze"),
    path("actions/undo/<uuid:act>/", acts.action_undo, name="action_undo"),
    path("actions/<uuid:uuid>/done/", acts.action_done, name="action_done"),
    path("actions/<uuid:uuid>/snooze/", acts.action_snooze, name="action_snooze"),
    path("actions/<uuid:uuid>/dismiss/", acts.action_dismiss, name="action_dismiss"),
]
