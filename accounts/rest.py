"""What every REST endpoint shares: problems (RFC 9457), pages by cursor, opaque ids, strict queries."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404, JsonResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.ahead import AHEAD

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from rest_framework.request import Request

PROBLEM = "application/problem+json"
PLACE = re.compile(r"\d{1,18}", re.ASCII)  # of a row in a list: its id
TITLES = {
    400: "The request cannot be read",
    401: "A key is needed",
    403: "The key may not do this",
    404: "There is no such thing",
    405: "This cannot be done here",
    409: "It contradicts what is recorded",
    413: "It is too large",
    415: "JSON is wanted",
    422: "What was sent is not right",
    429: "Too many requests",
    500: "Something failed here",
}


class Conflict(exceptions.APIException):
    """The id is taken by something else."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Unprocessable(exceptions.APIException):
    """The words are right JSON, but not right."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "invalid"

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.errors = [{"pointer": pointer, "code": "invalid", "message": message}]


def writable(text: str) -> str:
    """With a mark where a text that was sent holds what no text can be written with: half of a surrogate pair."""
    return text.encode(errors="replace").decode()


def problem(request: Any, code: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    detail, errors = writable(detail), [{name: writable(said) for name, said in row.items()} for row in errors or []]
    return {
        "type": "about:blank",
        "title": TITLES.get(code, "It did not work"),
        "status": code,
        "detail": detail,
        "instance": request.path,
        "request_id": uuid.uuid4().hex,
        **({"errors": errors} if errors else {}),
    }


def pointed(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Errors of a serializer as a flat list, each with a JSON pointer to its place."""
    if isinstance(detail, dict):
        parts = [("" if key == "non_field_errors" else f"/{key}", value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(part, (dict, list)) for part in detail):
        parts = [(f"/{place}", value) for place, value in enumerate(detail)]
    else:
        rows = detail if isinstance(detail, list) else [detail]
        return [{"pointer": pointer, "code": getattr(row, "code", "invalid"), "message": str(row)} for row in rows]
    return [row for part, value in parts if value for row in pointed(value, pointer + part)]


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of every endpoint: whatever goes wrong is a problem document."""
    code, detail, errors, headers = _told(error)
    if code == 0:
        return None
    set_rollback()
    return Response(problem(context["request"], code, detail, errors), status=code, headers=headers, content_type=PROBLEM)


def _told(error: Exception) -> tuple[int, str, list[dict[str, str]] | None, dict[str, str]]:
    match error:
        case exceptions.ValidationError():
            errors = pointed(error.detail)
            return 422, " ".join(row["message"] for row in errors[:3]), errors, {}
        case ModelValidationError():
            return 422, " ".join(error.messages), pointed(_by_field(error)), {}
        case Http404():
            return 404, "It does not exist, or this key does not see it.", None, {}
        case PermissionDenied():
            return 403, "This key may not do this.", None, {}
        case exceptions.APIException():
            asked = getattr(error, "auth_header", None)
            headers = {"WWW-Authenticate": str(asked)} if asked else {}
            if wait := getattr(error, "wait", None):
                headers["Retry-After"] = str(int(wait))
            return error.status_code, str(error.detail), getattr(error, "errors", None), headers
    return 0, "", None, {}


def _by_field(error: ModelValidationError) -> Any:
    """Of a model's or a process's refusal, the messages: by the field that each is about, where it says so."""
    if not hasattr(error, "error_dict"):
        return error.messages
    return {"non_field_errors" if field == NON_FIELD_ERRORS else field: told for field, told in error.message_dict.items()}


TEXT, ROW = {"type": "string"}, {"pointer": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "What did not work, and where (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "instance", "request_id"), TEXT),
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": {"type": "object", "required": list(ROW), "properties": ROW}},
    },
}


def describe_problems(result: dict[str, Any], **asked: object) -> dict[str, Any]:
    """A hook of the schema: every operation may answer with a problem document."""
    result["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "A problem document", "content": content}
    return result


def problem_page(request: HttpRequest, code: int, detail: str) -> JsonResponse:
    """A problem document from outside REST framework: an address that does not exist, a failure."""
    return JsonResponse(problem(request, code, detail), status=code, content_type=PROBLEM)


class Pages(CursorPagination):
    """Newest first, by an opaque cursor; `limit` up to 200."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"

    def get_page_size(self, request: Request) -> int:
        """400 for a `limit` that cannot be kept: who asks for more would take the rows of one page for all there are."""
        sent = request.query_params.get("limit", str(self.page_size))
        if not re.fullmatch(r"\d{1,9}", sent, re.ASCII) or not 1 <= int(sent) <= self.max_page_size:
            raise exceptions.ParseError(f"limit: “{sent[:60]}” is no whole number from 1 to {self.max_page_size}.")
        return int(sent)

    def decode_cursor(self, request: Request) -> Any:
        """The place it names; 400 for one that this API did not give, be it rubbish or a place of something else."""
        with suppress(exceptions.NotFound):
            cursor = super().decode_cursor(request)
            if cursor is None or cursor.position is None or PLACE.fullmatch(str(cursor.position)):
                return cursor
        sent = request.query_params[self.cursor_query_param]
        raise exceptions.ParseError(f"cursor: “{sent[:60]}” is none that this API gave; begin without one.")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor, limit = super().get_schema_operation_parameters(view)
        told = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [cursor, {**limit, "schema": told}]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "results": data})

    def get_paginated_response_schema(self, schema: Any) -> Any:
        link = {"type": ["string", "null"], "format": "uri"}
        return {"type": "object", "required": ["next", "results"], "properties": {"next": link, "results": schema}}


def strict(request: Request, *names: str) -> dict[str, str]:
    """The query parameters, of which only these may be there; 400 names the one that is not known.

    No id and no word of ours holds a NUL, and PostgreSQL takes none: such an address names nothing.
    """
    if "\0" in request.path:
        raise Http404
    for name, value in request.query_params.items():
        if "\0" in value:
            raise exceptions.ParseError(f"The query parameter “{name[:60]}” holds a NUL.")
        if name not in {*names, "cursor", "limit"}:
            known = ", ".join(sorted({*names, "cursor", "limit"}))
            raise exceptions.ParseError(f"The query parameter “{name[:60]}” is not known; there are {known}.")
    return {name: request.query_params[name] for name in names if request.query_params.get(name)}


@extend_schema_field(OpenApiTypes.STR)
class OpaqueId(serializers.Field):  # type: ignore[type-arg]
    """A uuid behind a prefix that says what it names: cus_1f0c…"""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(**{"read_only": True, "source": "uuid", **kwargs})

    def to_representation(self, value: uuid.UUID) -> str:
        return f"{self.prefix}_{value.hex}"


def read_id(text: str, prefix: str) -> uuid.UUID:
    """The uuid in an opaque id; Http404 if it is none."""
    head, _, tail = text.partition("_")
    try:
        if head != prefix or len(tail) != 32:
            raise ValueError
        return uuid.UUID(hex=tail)
    except ValueError:
        raise Http404 from None


class Instant(serializers.DateTimeField):
    """RFC 3339 with an offset; an instant without one is not right."""

    default_error_messages = {
        "naive": "Give the offset too, as in 2026-01-31T09:30:00+01:00.",
        "ahead": "This lies more than a year ahead.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        at: datetime = super().to_internal_value(value)
        if at - timezone.now() > AHEAD:
            self.fail("ahead")
        return at

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)
