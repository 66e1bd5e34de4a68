"""The JSON schema of profiles, for editors: both forms of a rule, with what the registries say of each name.

JSON Schema 2020-12 (https://json-schema.org/draft/2020-12). Choices are `const` with a description each, which editors
show beside what they offer. It is made from the registries, so that extensions of others are in it too.
"""

import dataclasses
import inspect
import typing
from typing import Any

from masker.infotypes import INFOTYPES
from masker.methods import METHODS, Method
from masker.profile import RESERVED, Profile
from masker.profile.load import built_in_names, load_profile

Schema = dict[str, Any]
_TYPES: dict[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
_RULE: Schema = {"$ref": "#/$defs/Rule"}


def profile_schema() -> dict[str, object]:
    """The schema; what it refuses, masker refuses, and what it accepts may still not fit the data."""
    whole: Schema = Profile.model_json_schema(by_alias=True)
    rule: Schema = whole["$defs"]["Rule"]
    reserved = {name: rule["properties"][name] for name in RESERVED if name != "method"}
    whole["$defs"]["Infotype"] = {"anyOf": [*_infotypes(), {"type": "null"}]}
    reserved["infotype"] = {"description": "what the column holds", "$ref": "#/$defs/Infotype"}
    names = [_choice(kind.name, _about(kind)) for kind in _kinds()]
    forms: list[Schema] = [{"description": "a method by its name", "oneOf": names}]
    forms += [_long_form(kind, reserved) for kind in _kinds()]
    refers = {"type": "object", "properties": reserved, "required": ["references"], "additionalProperties": False}
    forms.append({**refers, "description": "the way of the column that this one refers to"})
    whole["$defs"]["Rule"] = {"title": "Rule", "description": "the way for a column", "anyOf": forms}
    properties: Schema = whole["properties"]
    properties["infotypes"]["properties"] = {
        name: {**_RULE, "description": INFOTYPES[name].title} for name in INFOTYPES
    }
    properties["extends"]["anyOf"] = [
        *(_choice(name, load_profile(name).profile.summary) for name in built_in_names()),
        *properties["extends"]["anyOf"],
    ]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def _kinds() -> list[type[Method]]:
    return [METHODS[name] for name in METHODS]


def _about(kind: type[Method]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _choice(name: str, description: str) -> Schema:
    return {"const": name, "description": description}


def _infotypes() -> list[Schema]:
    return [
        *(_choice(name, INFOTYPES[name].title) for name in INFOTYPES),
        _choice("other", "something personal of no known kind"),
        _choice("none", "nothing personal"),
    ]


def _long_form(kind: type[Method], reserved: Schema) -> Schema:
    types = typing.get_type_hints(kind)
    parameters: Schema = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.init and field.name not in RESERVED:
            known = _TYPES.get(types[field.name])
            told = "" if field.default is dataclasses.MISSING else f"default: {field.default}"
            parameters[field.name] = {**({"type": known} if known else {}), "description": told or "must be said"}
    properties = {"method": _choice(kind.name, _about(kind)), **reserved, **parameters}
    form: Schema = {"type": "object", "properties": properties, "required": ["method"], "additionalProperties": False}
    return {**form, "title": kind.name, "description": _about(kind)}
