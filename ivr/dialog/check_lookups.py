"""Whether a flow's lookup exists, is asked with what there is, and finds what the flow tells."""

import os
from collections.abc import Iterator, Mapping

from ivr.dialog.finding import Finding, Where, known
from ivr.dialog.flows import Flow, Lookup, MayHear
from ivr.dialog.http_settings import HttpLookup
from ivr.dialog.lookups import LOOKUPS, Entry


def facts_of(flow: Flow) -> Mapping[str, frozenset[str]]:
    """The facts of each outcome of a flow's lookup; only "ok" and no facts without one."""
    outcomes = _outcomes(flow.lookup) if flow.lookup else None
    return outcomes or {"ok": frozenset()}


def check_lookup(flow: Flow, where: Where) -> Iterator[Finding]:
    """Find what is wrong with a flow's lookup, or with outcomes that none gives."""
    lookup = flow.lookup
    if lookup is None:
        if flow.otherwise:
            remedy = "Add one, or drop them."
            yield Finding(where("otherwise"), "other outcomes need a lookup.", remedy)
        return
    outcomes, name = _outcomes(lookup), lookup.python or "the lookup"
    if outcomes is None:
        problem = f"there is no lookup {name!r}."
        yield Finding(where("lookup", "python"), problem, known(frozenset(LOOKUPS)))
        return
    yield from _told(flow, name, outcomes, where)
    if lookup.http is not None:
        yield from _check_http(flow, lookup.http, where)
    elif lookup.python is not None:
        yield from _needs(flow, name, LOOKUPS[lookup.python], where)


def _outcomes(lookup: Lookup) -> Mapping[str, frozenset[str]] | None:
    if lookup.http is not None:
        return lookup.http.outcomes
    entry = LOOKUPS.get(lookup.python or "")
    return entry.facts if entry else None


def _told(
    flow: Flow, name: str, outcomes: Mapping[str, frozenset[str]], where: Where
) -> Iterator[Finding]:
    replaced = {outcome for rule in flow.transfers for outcome in rule.outcomes if rule.replaces}
    for outcome in sorted(outcomes.keys() - {"ok"} - flow.otherwise.keys() - replaced):
        problem = f"nothing is said when {name} finds {outcome!r}."
        yield Finding(where("lookup"), problem, f"Add otherwise.{outcome}.")
    for outcome in flow.otherwise.keys() - outcomes.keys():
        problem = f"{name} never finds {outcome!r}."
        remedy = f"It finds: {', '.join(sorted(outcomes))}."
        yield Finding(where("otherwise", outcome), problem, remedy)


def _needs(flow: Flow, name: str, entry: Entry, where: Where) -> Iterator[Finding]:
    for slot in sorted(entry.slots - flow.slots.keys()):
        problem = f"the lookup {name!r} needs the slot {slot!r}, and nobody asks for it."
        yield Finding(where("lookup"), problem, f"Add it under slots: {slot}.")
    if flow.may_hear.certainty < entry.certainty.certainty:
        problem = f"{name!r} tells facts of an account, but {flow.may_hear} may hear it."
        at = "may_hear" if "may_hear" in flow.model_fields_set else "lookup"
        yield Finding(where(at), problem, f"Write may_hear: {entry.certainty}.")


def _check_http(flow: Flow, http: HttpLookup, where: Where) -> Iterator[Finding]:
    available = frozenset({*flow.slots, "language", "customer"})
    for name in sorted(http.inputs - available):
        problem = f"it sends {name!r}, which is no slot of this flow."
        yield Finding(where(*_place_of(http, name)), problem, known(available))
    if "customer" in http.inputs and flow.may_hear is MayHear.ANYONE:
        problem = "it sends the customer, but anyone may ask, and then none is known."
        place = where(*_place_of(http, "customer"))
        yield Finding(place, problem, "Write may_hear: verified.")
    for header, variable in http.headers.items():
        if variable not in os.environ:
            problem = f"the variable {variable} is not set here."
            remedy = "Set it where the hotline runs, or every such lookup fails."
            place = where("lookup", "http", "headers", header)
            yield Finding(place, problem, remedy, is_error=False)


def _place_of(http: HttpLookup, name: str) -> tuple[str, ...]:
    for part, names in (("query", http.query), ("body", http.body)):
        key = next((key for key, value in names.items() if value == name), None)
        if key is not None:
            return ("lookup", "http", part, key)
    return ("lookup", "http", "url")
