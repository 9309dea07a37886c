"""Learns examples and says how texts are understood, by the classifier that serves callers.

Runs in Rasa's environment, but without Rasa's server. Reads a list of jobs as JSON from standard
input, each `{"learn": [[text, intent], …], "encoder": bool, "texts": [text, …]}`, and writes as
many lists to standard output: for each text what Rasa's tracker holds of a message.
"""

import json
import sys
from typing import Any

from hotline_nlu import HotlineClassifier
from rasa.shared.nlu.training_data.message import Message

Json = dict[str, Any]  # as it comes from standard input


def understand(job: Json) -> list[Json]:
    """Learn, then understand every text."""
    config = HotlineClassifier.get_default_config() | {"encoder": job["encoder"]}
    classifier = HotlineClassifier(config, None, None)
    classifier._model.fit([text for text, _ in job["learn"]], [i for _, i in job["learn"]])
    messages = [Message({"text": text, "metadata": {}}) for text in job["texts"]]
    classifier.process(messages)
    return [message.data for message in messages]


if __name__ == "__main__":
    json.dump([understand(job) for job in json.load(sys.stdin)], sys.stdout)
