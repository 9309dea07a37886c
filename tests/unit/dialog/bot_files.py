"""Files of Rasa's side of the project, which is no package of ours, for tests without Rasa."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from ivr.dialog.compile import BOT_DIR


@contextmanager
def bot_file(name: str) -> Iterator[ModuleType]:
    """Have one of them imported while inside; it may need numpy and its neighbours."""
    spec = importlib.util.spec_from_file_location(name, BOT_DIR / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    known = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BOT_DIR))
        patch.setitem(sys.modules, name, module)  # dataclasses look themselves up there
        spec.loader.exec_module(module)
        yield module
    for other in set(sys.modules) - known:
        if str(getattr(sys.modules[other], "__file__", "")).startswith(str(BOT_DIR)):
            del sys.modules[other]
