"""Changing a draft a sentence at a time: what a rung asks, what it is called, which rungs there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import writing
from ladder import choosing, drafting, editing, editions, sentences
from ladder.models import Edition
from ladder.reshaping import ROOT, STAY
from ladder.rung_forms import ConditionForm, FactForm, GraceForm, NamesForm
from ladder.views.rules import configuring, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from accounts.requests import Request
    from ladder.models import Step
    from ladder.reshaping import Document

# What the buttons of a sentence mean, beside "change" and "add".
BUTTONS: Mapping[str, Document] = {
    "remove": {"do": "remove"}, "up": {"do": "move", "by": "up"}, "down": {"do": "move", "by": "down"}, "unwrap": {"do": "unwrap"},
    "all": {"do": "wrap", "into": "all"}, "any": {"do": "wrap", "into": "any"}, "not": {"do": "wrap", "into": "not"},
    "turn_all": {"do": "turn", "into": "all"}, "turn_any": {"do": "turn", "into": "any"},
}  # fmt: skip
SAID = ("rung", "name", "public_label", "kind", "by")


class Misfilled(ValidationError):
    """The form of a condition is wrong; its fields say where."""

    def __init__(self, form: ConditionForm) -> None:
        super().__init__("")
        self.form = form


@dataclass
class Shown:
    """A sentence with its controls, and those that belong under it."""

    sentence: editing.Sentence
    opened: bool
    form: ConditionForm | None
    adding: FactForm
    error: str
    parts: list[Shown] = field(default_factory=list)

    @property
    def id(self) -> str:
        return _id(self.sentence.path)


@dataclass(frozen=True)
class Sent:
    """What came of what was sent: at which place, and what was wrong with it."""

    path: str = ""
    error: str = ""
    form: ConditionForm | None = None


def draft_called(pk: int) -> Edition:
    return get_object_or_404(Edition.objects.drafts().select_related("ladder"), pk=pk)


def step_called(draft: Edition, slug: str) -> Step:
    found = next((step for step in draft.all_steps if step.rung.slug == slug), None)
    if found is None:
        raise Http404("This draft has no such rung.")
    return found


@writing
@configuring
def rung_edit(request: Request, pk: int, slug: str) -> HttpResponse:
    """What one rung asks, a sentence at a time; for htmx the fragment with the sentences."""
    step, path = step_called(draft_called(pk), slug), request.POST.get("path") or request.GET.get("at", "")
    if request.method != "POST":
        return _page(request, step, Sent(path))
    try:
        said = _said(request, step, path)
        _apply(request, step.edition, {"rung": slug, "path": path or ROOT, **said})
    except editions.Overtaken as error:
        return _page(request, step_called(draft_called(pk), slug), Sent("", " ".join(error.messages)), status=409)
    except ValidationError as error:
        form = error.form if isinstance(error, Misfilled) else None
        return _page(request, step_called(draft_called(pk), slug), Sent(path, _told(error), form), status=422)
    path = _after(path, said)
    if request.htmx:
        return _page(request, step_called(draft_called(pk), slug), Sent(path))
    return redirect(f"{request.path}?{urlencode({'at': path})}#{_id(path)}")


def _after(path: str, said: Document) -> str:
    """Where the sentence stands that was acted on; "" if it is gone."""
    if said["do"] == "move":
        head, _, i = path.rpartition("[")
        return f"{head}[{int(i.rstrip(']')) + (1 if said['by'] == 'down' else -1)}]"
    return "" if said["do"] == "remove" else path


def _said(request: Request, step: Step, path: str) -> Document:
    """The act that was sent."""
    do = request.POST.get("do", "")
    if do == "add":
        return {"do": do, "fact": request.POST.get("fact")}
    if do != "change":
        return BUTTONS.get(do, {"do": do})
    told = {s.path: s for s in editing.of_step(step) if s.fact}
    if path not in told:
        raise ValidationError("There is no condition at this place.")
    form = _form(told[path], choosing.groups([request.POST.get("fact", "")]), request.POST)
    if not form.is_valid():
        raise Misfilled(form)
    return {"do": do, **form.said()}


def _apply(request: Request, draft: Edition, said: Document) -> None:
    """Raises ValidationError, Overtaken if the draft is not what the page showed."""
    seen = whole_number(request.POST.get("version", ""))
    if seen is None:
        raise ValidationError("version: is missing. Load the page again and send it once more.")
    editions.revise(draft, drafting.applied(editions.document(draft), said), by=request.user, seen=seen)
    note(request.user, "revised", draft, edition=str(draft), did=said["do"], rung=str(said.get("rung", "")))


def _told(error: ValidationError) -> str:
    """Without the place, which the page shows."""
    told = " ".join(message.partition(": ")[2] or message for message in error.messages)
    return f"{told[:1].upper()}{told[1:]}"


def _id(path: str) -> str:
    """A place, as an element of the page may be called."""
    return path.translate(str.maketrans(".[", "--", "]"))


def _form(sentence: editing.Sentence, groups: Mapping[str, list[choosing.Choice]], data: Any = None) -> ConditionForm:
    return ConditionForm(data, sentence=sentence, groups=groups, auto_id=f"{_id(sentence.path)}_%s")


def _page(request: Request, step: Step, sent: Sent, *, status: int = 200) -> HttpResponse:
    draft = step.edition
    shown = _shown(editing.of_step(step), sent)
    roots = {one.sentence.path: one for one in shown if one.sentence.depth == 0}
    at_place = any(one.sentence.path == sent.path for one in shown)
    names = NamesForm(step=step, named_here=step.rung_id not in editions.shared(draft))
    context = {
        "edition": draft, "step": step, "asked": sentences.asked(step), "root": roots.get(ROOT), "stay": roots.get(STAY),
        "error": "" if at_place else sent.error, "names": names, "grace": GraceForm(step=step),
    }  # fmt: skip
    return render(request, "ladder/_rung.html" if request.htmx else "ladder/rung_edit.html", context, status=status)


def _shown(told: list[editing.Sentence], sent: Sent) -> list[Shown]:
    """In reading order; each knows those that stand under it."""
    groups = choosing.groups(s.fact.name for s in told if s.fact)
    found: list[Shown] = []
    above: list[Shown] = []
    for sentence in told:
        here = sentence.path == sent.path
        form = (sent.form if here and sent.form else _form(sentence, groups)) if sentence.fact else None
        adding = FactForm(groups=groups, auto_id=f"{_id(sentence.path)}_new_%s")
        one = Shown(sentence, here, form, adding, sent.error if here else "")
        del above[sentence.depth :]
        if above:
            above[-1].parts.append(one)
        above.append(one)
        found.append(one)
    return found


@writing
@configuring
@require_POST
def edition_act(request: Request, pk: int) -> HttpResponse:
    """One act on the rungs or numbers of a draft."""
    draft, sent = draft_called(pk), request.POST
    said: Document = {"do": sent.get("do", ""), **{name: sent[name] for name in SAID if name in sent}}
    if said["do"] == "name_rung":
        said["loyal"] = "loyal" in sent
    if said["do"] in {"number", "grace"}:
        said["value"] = whole_number(sent.get("value", ""))
    try:
        _apply(request, draft, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "The draft is saved. It judges nobody until it is published.")
    if sent.get("back") == "rung" and sent.get("rung") in {step.rung.slug for step in draft_called(pk).all_steps}:
        return redirect("ladder:rung_edit", pk, sent["rung"])
    return redirect(draft)
