"""The OpenAPI document as a page for people: which addresses there are, what they take, and an example to copy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

_SAMPLES = {"string": "…", "integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}, "null": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A parameter or a field of a body."""

    name: str
    place: str
    type: str
    required: bool
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    says: str
    scope: str | None
    fields: tuple[Field, ...]
    statuses: tuple[str, ...]
    curl: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """All operations, by the group they belong to."""

    groups: Mapping[str, tuple[Operation, ...]]
    document: str


def reference(request: HttpRequest) -> Reference:
    """The reference as it stands."""
    return Reference(groups=_groups(), document=reverse("api:openapi-json"))


@cache
def _groups() -> dict[str, tuple[Operation, ...]]:
    # by name: this room is put together with the others by the project, which it must not know
    api = import_module(settings.ROOT_URLCONF).api
    document = api.get_openapi_schema()
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, each in methods.items():
            found.setdefault(each["tags"][0], []).append(_operation(document, path, method, each))
    return {tag: tuple(operations) for tag, operations in found.items()}


def _operation(document: Mapping[str, Any], path: str, method: str, each: Mapping[str, Any]) -> Operation:
    body = _body(document, each)
    said = str(each.get("description", "")).split("\n\nNeeds the scope")[0].split("\n\nAny token")[0]
    return Operation(
        id=each["operationId"],
        method=method.upper(),
        path=path,
        summary=each["summary"],
        says=" ".join(said.split()),
        scope=each.get("x-scope"),
        fields=(*_parameters(each), *_properties(document, body)),
        statuses=tuple(str(status) for status in each["responses"] if str(status) < "400"),
        curl=_curl(document, path, method.upper(), body),
    )


def _parameters(each: Mapping[str, Any]) -> Iterator[Field]:
    for said in each["parameters"]:
        yield Field(
            name=said["name"],
            place=said["in"],
            type=_type(said["schema"]),
            required=said["required"],
            says=said.get("description", ""),
        )


def _body(document: Mapping[str, Any], each: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    content = each.get("requestBody", {}).get("content", {})
    for kind, said in content.items():
        return kind, _resolved(document, said["schema"])
    return "", {}


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _properties(document: Mapping[str, Any], body: tuple[str, Mapping[str, Any]]) -> Iterator[Field]:
    _kind, schema = body
    for name, said in schema.get("properties", {}).items():
        yield Field(
            name=name,
            place="body",
            type=_type(said),
            required=name in schema.get("required", ()),
            says=said.get("description", ""),
        )


def _type(schema: Mapping[str, Any]) -> str:
    """A type in a word or two."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"] if each.get("type") != "null"))
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or "any")


def _curl(document: Mapping[str, Any], path: str, method: str, body: tuple[str, Mapping[str, Any]]) -> str:
    lines = [
        f"curl -X {method} {settings.OKAERI.address.rstrip('/')}{path}",
        '-H "Authorization: Bearer $OKAERI_TOKEN"',
    ]
    kind, schema = body
    if kind == "application/json":
        sample = {name: _sample(document, said) for name, said in _shown(schema)}
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(sample, ensure_ascii=False)}'"]
    elif kind:
        lines += [f"-F {name}=@orders.csv" if _is_file(said) else f"-F {name}=…" for name, said in _shown(schema)]
    return " \\\n  ".join(lines)


def _shown(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fields of an example: those that must be there, and those that bring an example."""
    for name, said in schema.get("properties", {}).items():
        if name in schema.get("required", ()) or "examples" in said:
            yield name, said


def _is_file(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "binary"


def _sample(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    schema = _resolved(document, schema)
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _sample(document, schema["anyOf"][0])
    return _SAMPLES.get(str(schema.get("type")), "…")
