"""Flows in, a Rasa project out: domain, examples, rules, forms, endpoints, credentials.

Rasa decides what was meant and keeps the conversation (intents, rules, forms, slots); what to do
about it is decided in `ivr.dialog.decide`, reached over the action webhook; wording stays here
and is never compiled, so that it changes without training. Rules have one shape, intent ->
action or form, so they cannot contradict each other. `nlu` holds nothing but examples: changing
an answer does not change the project, and its hash says whether training is needed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from ivr.dialog.examples import OUT_OF_SCOPE
from ivr.dialog.flows import Flow, FlowSet, Navigation
from ivr.domain import Language

MEMORY = "memory"
"""The slot in which `ivr.dialog.memory.Memory` travels."""
HAPPENINGS = ("opening", "keys", "silence", "unheard", "agent_unavailable", "nlu_fallback")
BOT_DIR = Path(__file__).parent / "bot"
ENCODER_DIR = Path("models/sentence-encoder")
"""Where `make encoder` unpacks the sentence encoder; most hotlines have none."""
LEARNING = (
    "hotline_nlu.py",
    "lead_ins.py",
    "intent_model.py",
    "distances.py",
    "meant.py",
    "precedents.py",
    "sentence_encoder.py",
    "token_sums.py",
    "text_features.py",
    "stems.py",
    "expected_turns.py",
)
"""Files of the bot that decide what training makes of the examples."""

Yaml = Mapping[str, Any]  # whatever Rasa's formats hold


def compile_project(flows: FlowSet, actions_url: str) -> dict[str, str]:
    """Give the files of the Rasa project, name -> text."""
    return {
        "config.yml": _dump(_config(flows)),
        "domain.yml": _dump(_domain(flows)),
        "data/nlu.yml": _dump(_nlu(flows)),
        "data/rules.yml": _dump(_rules(flows)),
        "endpoints.yml": _dump(_endpoints(actions_url)),
        "credentials.yml": _dump({"hotline_channel.HotlineInput": {}}),
    }


def write_project(flows: FlowSet, actions_url: str, directory: Path) -> None:
    """Write the project; files that did not change keep their time."""
    for name, text in compile_project(flows, actions_url).items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def training_version(flows: FlowSet) -> str:
    """Twelve hex digits that change when, and only when, Rasa has to be trained again."""
    digest = hashlib.sha256()
    # What the files will say, not the files: writing YAML takes fifty times as long as this.
    for part in (_config(flows), _domain(flows), _nlu(flows), _rules(flows)):
        digest.update(json.dumps(part, ensure_ascii=False).encode())
    for name in LEARNING:
        digest.update((BOT_DIR / name).read_bytes())
    return digest.hexdigest()[:12]


def has_encoder() -> bool:
    """Whether the sentence encoder has been fetched."""
    return any(ENCODER_DIR.glob("*/__init__.py"))


def form_of(flow: Flow) -> str:
    """Name of a flow's form."""
    return f"{flow.id}_form"


def _config(flows: FlowSet) -> Yaml:
    classifier: dict[str, object] = {"name": "hotline_nlu.HotlineClassifier"}
    if flows.hotline.sentence_encoder:
        classifier["encoder"] = True
    return {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "hotline",
        "pipeline": [classifier],
        "policies": [
            {
                "name": "RulePolicy",
                # A turn that no rule covers ends; ours answers every turn before that.
                "core_fallback_action_name": "action_listen",
                "core_fallback_threshold": 0.3,
                "enable_fallback_prediction": True,
            }
        ],
    }


def _domain(flows: FlowSet) -> Yaml:
    forms = [form_of(flow) for flow in flows.flows.values() if flow.needs_form]
    plain = [intent for intent in _intents(flows) if f"{intent}_form" not in forms]
    return {
        "version": "3.1",
        "intents": _intents(flows),
        "slots": {name: _slot("any") for name in [MEMORY, *_slot_names(flows)]},
        "forms": {
            form_of(flow): {"required_slots": list(flow.slots)}
            for flow in flows.flows.values()
            if flow.needs_form
        },
        "actions": [f"action_{intent}" for intent in plain]
        + [f"validate_{form}" for form in forms],
        # The session's clock is ours: one call is one conversation.
        "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": False},
    }


def _slot(kind: str) -> Yaml:
    # Filled by our actions only; never a feature, so that rules depend on intents alone.
    return {"type": kind, "influence_conversation": False, "mappings": [{"type": "custom"}]}


def _slot_names(flows: FlowSet) -> list[str]:
    names = {name for flow in flows.flows.values() for name in flow.slots}
    return sorted(names | set(flows.hotline.identity))


def _intents(flows: FlowSet) -> list[str]:
    return [*flows.flows, *Navigation.model_fields, *HAPPENINGS]


def examples_of(flows: FlowSet) -> list[tuple[str, str]]:
    """All that is learned, as text and intent, in the order of learning."""
    groups = {id_: flow.examples for id_, flow in flows.flows.items()}
    groups |= {name: getattr(flows.navigation, name) for name in Navigation.model_fields}
    if flows.hotline.out_of_scope is not None:
        # No intent of the domain: the classifier never names it, it only refuses.
        groups[OUT_OF_SCOPE] = flows.hotline.out_of_scope
    return [
        (example, intent)
        for intent, group in groups.items()
        for language in Language
        for example in group.of(language)
    ]


def _nlu(flows: FlowSet) -> Yaml:
    lines: dict[str, str] = {}
    for example, intent in examples_of(flows):
        lines[intent] = lines.get(intent, "") + f"- {example}\n"
    return {
        "version": "3.1",
        "nlu": [{"intent": intent, "examples": examples} for intent, examples in lines.items()],
    }


def _rules(flows: FlowSet) -> Yaml:
    rules: list[Yaml] = []
    for intent in _intents(flows):
        flow = flows.flows.get(intent)
        if flow is not None and flow.needs_form:
            rules += _form_rules(flow)
        else:
            steps = [{"intent": intent}, {"action": f"action_{intent}"}]
            rules.append({"rule": f"{intent} is answered", "steps": steps})
    return {"version": "3.1", "rules": rules}


def _form_rules(flow: Flow) -> Sequence[Yaml]:
    form = form_of(flow)
    begin = [{"intent": flow.id}, {"action": form}, {"active_loop": form}]
    end: list[Yaml] = [{"action": form}, {"active_loop": None}]
    return [
        {"rule": f"{flow.id} asks for what it needs", "steps": begin},
        {
            "rule": f"{flow.id} has all it needs",
            "condition": [{"active_loop": form}],
            "steps": end,
        },
    ]


def _endpoints(actions_url: str) -> Yaml:
    # Without the selective domain Rasa would send its whole domain with every action.
    return {
        "action_endpoint": {"url": actions_url, "enable_selective_domain": True},
        "tracker_store": {"type": "hotline_store.LiveTrackerStore"},
    }


def _dump(tree: Yaml) -> str:
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 1000
    text = StringIO()
    yaml.dump(_literal(tree), text)
    return text.getvalue()


def _literal(node: Any) -> Any:  # YAML holds any type
    """Write texts of several lines as blocks, which Rasa's example lists must be."""
    if isinstance(node, Mapping):
        return {key: _literal(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_literal(value) for value in node]
    return LiteralScalarString(node) if isinstance(node, str) and "\n" in node else node
