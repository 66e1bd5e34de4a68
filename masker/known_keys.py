"""Which keys a model knows at a place, read from its JSON schema: for hints that name the one that was meant."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel


def known_keys(model: type[BaseModel], where: Sequence[str]) -> tuple[str, ...]:
    """The keys that may stand in the mapping at `where` (keys, and indexes of lists); empty where any may.

    >>> class Inner(BaseModel):
    ...     email: str
    >>> class Outer(BaseModel):
    ...     columns: dict[str, Inner]
    >>> known_keys(Outer, ()), known_keys(Outer, ("columns", "any"))
    (('columns',), ('email',))
    """
    whole = model.model_json_schema(by_alias=True)
    nodes: list[Mapping[str, Any]] = _choices(whole, whole)
    for step in where:
        inner: list[Mapping[str, Any]] = []
        for node in nodes:
            properties = node.get("properties", {})
            further = properties.get(step, node.get("additionalProperties") or node.get("items"))
            if isinstance(further, dict):
                inner += _choices(further, whole)
        nodes = inner
    return tuple(dict.fromkeys(key for node in nodes for key in node.get("properties", {})))


def _choices(node: Mapping[str, Any], whole: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a node may be: itself, what it refers to, or any of its alternatives."""
    if "$ref" in node:
        return _choices(whole["$defs"][node["$ref"].rpartition("/")[2]], whole)
    several = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    return [choice for each in several for choice in _choices(each, whole)] if several else [node]
