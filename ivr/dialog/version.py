"""What is published: flows and the name under which they were."""

from dataclasses import dataclass

from ivr.dialog.flows import FlowSet


@dataclass(frozen=True)
class Version:
    """Flows and the name under which they were published."""

    name: str
    flows: FlowSet
