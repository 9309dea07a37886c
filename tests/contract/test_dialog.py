"""The promise of `ivr.dialog.Dialog`, held by every maker that can run without engines.

Real Rasa is held to `DialogContract` too, in `tests/integration/test_rasa.py`.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.dialog import Dialog
from ivr.dialog.actions import Actions
from ivr.dialog.fallback import FallbackDialog
from ivr.dialog.menu import MenuDialog
from ivr.sim.dialog import ScriptedDialog
from tests.contract.dialog_promise import DialogContract
from tests.integration.lender import TODAY, lender
from tests.unit.dialog.talk import starter_flows


class TestScriptedDialog(DialogContract):
    @pytest.fixture
    def dialog(self) -> Dialog:
        return ScriptedDialog()


class TestFallbackDialog(DialogContract):
    @pytest_asyncio.fixture
    async def dialog(self) -> AsyncIterator[Dialog]:
        async with lender() as facts:
            actions = Actions(starter_flows(), facts, lambda: TODAY)
            yield FallbackDialog(ScriptedDialog(), MenuDialog(actions))
