"""The intent classifier as a component of Rasa's pipeline.

It replaces tokenizer, two featurizers and classifier: one component, about 1 ms a text. Below the
threshold the intent is Rasa's own `nlu_fallback`; the ranking still tells what it might have
been. Under which sureness a text is refused was chosen in training.
"""

from dataclasses import asdict
from typing import Any

import skops.io
from intent_model import IntentModel
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sentence_encoder import meanings

FILE = "intent_model.skops"
FALLBACK = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HotlineClassifier(GraphComponent, IntentClassifier):
    """Rasa's side of `IntentModel`."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model = IntentModel(config["strength"], meanings(config["encoder"]))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings with their defaults; see `IntentModel` and `process`."""
        return {"strength": 0.5, "ranking_length": 5, "encoder": False}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> "HotlineClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the examples and keep the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        self._model.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._model.parts(), folder / FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **kwargs: Any,  # noqa: ARG003 - Rasa's signature
    ) -> "HotlineClassifier":
        """Load the trained component."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            trusted = skops.io.get_untrusted_types(file=folder / FILE)
            parts = skops.io.load(folder / FILE, trusted=trusted)
        component._model = IntentModel.from_parts(parts)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and the thresholds that training chose of each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = self._model.understand(text)
            named = [
                {"name": name, "confidence": probability}
                for name, probability in found.ranking[: self._config["ranking_length"]]
            ]
            top = {"name": FALLBACK, "confidence": 1.0} if found.is_refused else named[0]
            message.set("intent", top, add_to_output=True)
            message.set("intent_ranking", named, add_to_output=True)
            message.set("thresholds", asdict(self._model.thresholds), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after this component needs its output while training."""
        return training_data
