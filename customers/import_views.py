"""Pages of imports: a file, a rehearsal, progress, what was refused, taking it back."""

from __future__ import annotations

import uuid
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.auditing import note
from accounts.requests import form_page, writing
from customers import exporting, importing, mappings, undoing
from customers.models import Import, Mapping, RefundLine
from customers.models.imports import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.files.uploadedfile import UploadedFile
    from django.http.response import HttpResponseBase

    from accounts.requests import Request

SHOWN = 100  # refused rows on the page
LARGEST = 500 * 1024 * 1024


class MappingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Mapping) -> str:
        return f"{obj.slug}: {obj.get_kind_display().lower()}"


class UploadForm(forms.Form):
    file = forms.FileField(label="File", help_text="CSV or fixed width, or a zip of one; up to 500 MB.")
    mapping = MappingField(
        Mapping.objects.all(),
        to_field_name="slug",
        label="Mapping",
        empty_label="Choose what the columns mean",
        help_text="Which column is what, how dates are written, what is refused. New ones are written in the admin site.",
    )
    rehearse = forms.BooleanField(required=False, initial=True, label="Try it first: say what would happen and store nothing")

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size and file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 500 MB: bring it in by the command import_purchases.")
        return file


def importer(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Files bring in customers of every team: only who sees everything may look at them."""

    @wraps(view)
    def refused_to_others(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.sees_everything:
            raise PermissionDenied("Only administrators bring files in.")
        return view(request, *args, **kwargs)

    return refused_to_others


@importer
def import_list(request: Request) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        of = _take(request, form)
        if of:
            return redirect("imports:import_one", of.uuid)
    return form_page(request, "customers/import_list.html", form, imports=Import.objects.select_related("by")[:50])


def _take(request: Request, form: UploadForm) -> Import | None:
    """Keep the uploaded file and begin its import; the worker goes on with it."""
    path = keep(form.cleaned_data["file"])
    mapping: Mapping = form.cleaned_data["mapping"]
    try:
        of = importing.begin(
            path, kind=mapping.kind, mapping=(mapping.slug, mapping.text), at=timezone.now(), by=request.user,
            dry_run=form.cleaned_data["rehearse"], file_name=form.cleaned_data["file"].name,
        )  # fmt: skip
    except (importing.Failed, mappings.Rejected) as error:
        form.add_error("file", str(error))
        return None
    note(request.user, "uploaded", of, file=of.file_name, mapping=of.mapping)
    return of


def keep(file: UploadedFile[bytes]) -> Path:
    """The uploaded file in the uploads folder, under a name of its own."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}-{get_valid_filename(file.name or 'file')[-80:]}"
    with path.open("wb") as out:
        for block in file.chunks():
            out.write(block)
    return path


@importer
def import_one(request: Request, uuid: uuid.UUID) -> HttpResponse:
    of = get_object_or_404(Import, uuid=uuid)
    working = of.state in importing.UNFINISHED
    context = {
        "import": of,
        "working": working,
        "refused": of.refused_rows.all()[:SHOWN],
        "mapping_there": Mapping.objects.filter(slug=of.mapping).exists(),
    }
    if request.htmx and not working:
        return HttpResponseClientRefresh()
    return render(request, "customers/_import_progress.html" if request.htmx else "customers/import_one.html", context)


@writing
@importer
@require_POST
def import_commit(request: Request, uuid: uuid.UUID) -> HttpResponse:
    """After a rehearsal: bring the same file in."""
    of = get_object_or_404(Import, uuid=uuid, dry_run=True, state=State.DONE)
    try:
        real = importing.begin(
            Path(of.path),
            kind=of.kind,
            mapping=(of.mapping, of.mapping_text),
            at=timezone.now(),
            by=request.user,
            file_name=of.file_name,
        )
    except (importing.Failed, mappings.Rejected) as error:
        messages.error(request, str(error))
        return redirect("imports:import_one", of.uuid)
    note(request.user, "brought in", real, file=real.file_name)
    return redirect("imports:import_one", real.uuid)


@writing
@importer
@require_POST
def import_undo(request: Request, uuid: uuid.UUID) -> HttpResponse:
    of = get_object_or_404(Import, uuid=uuid)
    try:
        gone = undoing.undo(of, by=request.user)
        messages.success(
            request, f"Taken back: {gone['lines']:,} lines, {gone['documents']:,} documents, {gone['customers']:,} customers."
        )
    except undoing.Undone as error:
        messages.error(request, str(error))
    return redirect("imports:import_one", of.uuid)


@importer
def import_refused(request: Request, uuid: uuid.UUID) -> StreamingHttpResponse:
    """Every refused row with its line and reason, as CSV."""
    of = get_object_or_404(Import, uuid=uuid)
    name = f"refused-{of.uuid.hex[:8]}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(exporting.refused(of), content_type="text/csv; charset=utf-8", headers=headers)


@importer
def waiting_list(request: Request) -> HttpResponse:
    """Return lines that found no purchase, newest first: taken, and waiting for what they take back."""
    lines = RefundLine.objects.waiting().select_related("refund", "customer", "product").order_by("-refund__day", "-pk")
    context = {"lines": lines[:SHOWN], "how_many": lines.count(), "shown": SHOWN}
    return render(request, "customers/waiting_list.html", context)
