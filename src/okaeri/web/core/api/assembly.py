"""The API as a whole: every router is put together here by the same rules.

An operation opens only to the permission its `needs` mark names; all errors are problem details; the OpenAPI document
says both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.router import BoundRouter

from okaeri.web.core.api import limits
from okaeri.web.core.api.bearer import Bearer
from okaeri.web.core.api.problems import MEDIA_TYPE, Problem, not_allowed, problem_of
from okaeri.web.core.api.reading import PlainJSON, StrictJSON, is_storable_text
from okaeri.web.core.people.roles import public

_ERRORS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500)
_BODIES = ("application/json", "multipart/form-data")


class Api(NinjaAPI):
    """A `NinjaAPI` whose operations are marked by `needs`, and whose errors are problems."""

    def __init__(self, **options: Any) -> None:
        super().__init__(docs_url=None, renderer=PlainJSON(), parser=StrictJSON(), **options)
        for kind in (Exception, Http404, HttpError, ValidationError):
            self.add_exception_handler(kind, _as_problem)

    def _get_bound_routers(self) -> list[BoundRouter]:
        fresh = self._bound_routers_cache is None
        found = super()._get_bound_routers()
        if fresh:
            for operation in operations_of(found):
                _guard(operation)
        return found

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = super()._get_urls()
        for pattern in found:
            if isinstance(pattern, URLPattern):
                pattern.callback = _answering(pattern.callback)
        return [*found, re_path(r"^.*$", _answering(_nothing_here), name="nothing")]

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function: clients are generated from it."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document, with the problems every operation may answer."""
        found = super().get_openapi_schema(**options)
        found["components"]["schemas"] |= _problem_schemas()
        found["components"]["responses"] = {"Problem": _PROBLEM}
        for path in found["paths"].values():
            for operation in path.values():
                known = {str(status) for status in operation["responses"]}
                for status in _ERRORS:
                    if str(status) not in known:
                        operation["responses"][status] = {"$ref": "#/components/responses/Problem"}
        return found


def _as_problem(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(request, error)


_PROBLEM = {
    "description": "Problem details (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = schema.pop("$defs")
    return {**inner, "Problem": schema}


def operations_of(routers: list[BoundRouter]) -> Iterator[Operation]:
    """Every operation of some routers."""
    for router in routers:
        for view in router.path_operations.values():
            yield from view.operations


def _guard(operation: Operation) -> None:
    """Ask for the permission that the function's mark names; a function without a mark is a mistake."""
    view = operation.view_func
    if getattr(view, "okaeri_public", False):
        return
    if not hasattr(view, "okaeri_needs"):
        raise AttributeError(f"{view.__module__}.{view.__name__} has no mark that says to whom it opens")
    need = view.okaeri_needs
    operation.auth_callbacks = [Bearer(need)]
    scope = f"Needs the scope `{need.value}`." if need else "Any token opens it."
    operation.description = f"{(operation.description or '').strip()}\n\n{scope}".strip()
    extra = {"x-scope": need.value if need else None}
    operation.openapi_extra = {**(operation.openapi_extra or {}), **extra}


def _answering(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, with every way of failing told as a problem and the token's allowance in the headers."""

    @public
    @wraps(view, assigned=("__doc__",), updated=())
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        response = _tried(view, request, args, named)
        if allowance := getattr(request, "allowance", None):
            limits.tell(response, allowance)  # type: ignore[arg-type]  # streams have headers too
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens anything here
    return answer


def _tried(
    view: Callable[..., HttpResponseBase], request: HttpRequest, args: tuple[Any, ...], named: dict[str, Any]
) -> HttpResponseBase:
    try:
        _check(request, named)
        response = view(request, *args, **named)
    except Exception as error:  # whatever it is: a program never gets a page
        return problem_of(request, error)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return not_allowed(response.headers.get("Allow", ""))
    return response


def _check(request: HttpRequest, named: dict[str, Any]) -> None:
    said = [*named.values(), *request.GET.keys(), *(each for values in request.GET.lists() for each in values[1])]
    if not all(is_storable_text(str(each)) for each in said):
        raise HttpError(400, "unstorable")
    kind = request.content_type or ""
    if request.META.get("CONTENT_LENGTH") not in (None, "", "0") and kind not in _BODIES:
        raise HttpError(415, "no JSON")


@public
def _nothing_here(request: HttpRequest) -> HttpResponse:
    raise Http404


__all__ = ["Api", "operations_of"]
