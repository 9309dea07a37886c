"""The JSON Schemas of what ops write, for editors that complete and underline.

They come from the pydantic classes that read the files, so that an editor accepts what the
hotline accepts; texts below fields become what the editor shows. `flows/schema/` holds them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from ivr.dialog.conversations import ConversationFile
from ivr.dialog.flows import Flow, Hotline, Navigation

KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "flow": Flow,
    "hotline": Hotline,
    "navigation": Navigation,
    "conversations": ConversationFile,
}
"""What each kind of file holds, by the name of its schema."""
FOLDER: Final = Path("flows/schema")
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of file; raises KeyError for another."""
    schema = KINDS[kind].model_json_schema(mode="validation")
    return {"$schema": _DIALECT, **schema}


def as_text(kind: str) -> str:
    """The schema as it is written into a file."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write all schemas into a folder, each as `<kind>.json`; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for kind in KINDS:
        file = folder / f"{kind}.json"
        file.write_text(as_text(kind), encoding="utf-8")
        files.append(file)
    return files
