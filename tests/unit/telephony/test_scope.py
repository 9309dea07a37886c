"""Tasks that live as long as a block."""

import asyncio

import pytest

from ivr.errors import ConfigError
from ivr.telephony.scope import AGAIN_S, alone, kept_up, task_scope


async def _fail() -> None:
    raise ConfigError("wrong.") from KeyError("cause")


async def _scope_with_a_failing_task() -> None:
    async with task_scope() as tasks:
        tasks.create_task(_fail())
        await asyncio.Event().wait()


async def _scope_that_fails_itself() -> None:
    async with task_scope() as tasks:
        tasks.create_task(asyncio.Event().wait())
        raise ValueError("mine")


async def test_tasks_end_with_the_block() -> None:
    async with task_scope() as tasks:
        task = tasks.create_task(asyncio.Event().wait())

    assert task.cancelled()


async def test_a_lone_error_of_a_task_leaves_as_itself_with_its_cause() -> None:
    with pytest.raises(ConfigError) as failed:
        await _scope_with_a_failing_task()

    assert isinstance(failed.value.__cause__, KeyError)


async def test_a_lone_error_of_the_block_leaves_as_itself() -> None:
    with pytest.raises(ValueError, match="mine"):
        await _scope_that_fails_itself()


async def test_a_cancellation_goes_through() -> None:
    async def scoped() -> None:
        async with task_scope():
            await asyncio.Event().wait()

    task = asyncio.ensure_future(scoped())
    await asyncio.wait([task], timeout=0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_mistake_in_one_calls_work_ends_no_other() -> None:
    async def mistaken() -> None:
        raise RuntimeError("a bug")

    async with task_scope() as tasks:
        other = tasks.create_task(asyncio.Event().wait())
        tasks.create_task(alone(mistaken, "test"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert not other.done()


@pytest.mark.looptime
async def test_work_beside_the_calls_begins_anew_after_a_mistake() -> None:
    tries = list[float]()

    async def work() -> None:
        tries.append(asyncio.get_running_loop().time())
        if len(tries) < 3:
            raise OSError("the disk is full")

    await kept_up(work, "test")

    assert [now - tries[0] for now in tries] == pytest.approx([0, AGAIN_S, 2 * AGAIN_S])


async def test_work_beside_the_calls_can_be_cancelled() -> None:
    async with task_scope() as tasks:
        work = tasks.create_task(kept_up(asyncio.Event().wait, "test"))
        await asyncio.sleep(0)

    assert work.cancelled()
