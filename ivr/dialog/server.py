"""Rasa as a child process in its own environment: trained, started, watched, stopped."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from ivr import log
from ivr.dialog.compile import BOT_DIR, ENCODER_DIR, training_version, write_project
from ivr.dialog.flows import FlowSet
from ivr.errors import ConfigError, EngineUnavailable

_log = log.get(__name__)
RASA_ENV = Path(".venv-rasa")
READY_S = 180.0
"""Usually 10-20 s; on two cores that eight others use it took more than a minute."""
STOP_S = 5.0
BACK_OFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Waits before a Rasa that died is started again; the last one repeats."""
MODELS_KEPT = 50
"""0.8 MB each; what is taken back should not have to be trained again."""

# One thread each: the arrays are tiny, and every further thread takes a core from the calls.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_WORKERS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
}


def rasa_program(environment: Path = RASA_ENV) -> Path:
    """The rasa command; raises ConfigError when the environment is missing."""
    program = environment / "bin" / "rasa"
    if not program.exists():
        raise ConfigError(f"{program} is missing.", "Run `make setup`; it needs Python 3.10.")
    return program.absolute()


def model_file(flows: FlowSet, state_dir: Path) -> Path:
    """Where the trained model of these flows is, or will be."""
    return state_dir / "rasa" / "models" / f"{training_version(flows)}.tar.gz"


async def train(flows: FlowSet, state_dir: Path, environment: Path = RASA_ENV) -> Path:
    """Give the trained model of the flows; trains (about 15 s) only if there is none yet.

    Raises EngineUnavailable with the end of Rasa's output when training fails.
    """
    model = model_file(flows, state_dir)
    if model.exists():
        return model
    version = training_version(flows)
    projects = _folder(state_dir / "rasa" / "projects")
    # A folder of its own: another command may be training the same version right now.
    with TemporaryDirectory(
        prefix=f"{version}-", dir=projects, ignore_cleanup_errors=True
    ) as folder:
        project = Path(folder)
        write_project(flows, "", project)
        await _teach(project, version, environment)
        keep_model(project / "models" / model.name, model)
    return model


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path.absolute()


async def _teach(project: Path, version: str, environment: Path) -> None:
    """Train a project into `models/VERSION.tar.gz` in it; raises EngineUnavailable."""
    process = await asyncio.create_subprocess_exec(
        str(rasa_program(environment).with_name("python")),
        # Not `rasa train`: its checks of arguments and stories cost seconds more.
        *(str(BOT_DIR / "hotline_workshop.py"), str(project), version),
        env=environment_of_rasa(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0 or not (project / "models" / f"{version}.tar.gz").exists():
        last = " | ".join(output.decode("utf-8", "replace").strip().splitlines()[-5:])
        raise EngineUnavailable("dialog", f"Rasa's training failed: {last}")


def keep_model(fresh: Path, model: Path) -> None:
    """Put a new model in its place, whole, and drop the oldest of many."""
    model.parent.mkdir(parents=True, exist_ok=True)
    # Renamed, not copied: another process may be about to load it.
    fresh.replace(model)
    models = sorted(model.parent.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    for old in models[:-MODELS_KEPT]:
        old.unlink(missing_ok=True)


def lend_model(model: Path, project: Path) -> Path:
    """Give a model to the Rasa of a folder, for as long as that runs; its path there.

    A link, so that the file stays when newer trainings push the model out: a Rasa that dies
    must find all it has when it is started again.
    """
    lent = project / "models" / model.name
    lent.parent.mkdir(parents=True, exist_ok=True)
    if not lent.exists():
        try:
            lent.hardlink_to(model)
        except OSError:  # another file system
            shutil.copy2(model, lent)
    return lent


class RasaServer:
    """A running Rasa; `url` is its address on loopback."""

    def __init__(self, model: Path, project: Path, port: int, environment: Path) -> None:
        self._model, self.project = model, project
        self._port, self._environment = port, environment
        self._process: asyncio.subprocess.Process | None = None
        self.restarts = 0
        self._back = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process and wait until it answers; raises EngineUnavailable."""
        project, log_file = self.project, self.project / "rasa.log"
        command = [*_tied_to_us(), str(rasa_program(self._environment))]
        command += ["run", "--model", str(self._model)]
        command += ["--interface", "127.0.0.1", "--port", str(self._port)]
        command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        with log_file.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=project,
                env=environment_of_rasa(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C in our terminal is ours to pass on, after the calls have ended.
                start_new_session=True,
            )
        await self._until_ready(self._process, log_file)

    async def supervise(self) -> None:
        """Start it again whenever it dies, with growing waits; never returns."""
        while True:
            assert self._process is not None
            status = await self._process.wait()
            wait_s = BACK_OFF_S[min(self.restarts, len(BACK_OFF_S) - 1)]
            self.restarts += 1
            _log.error("Rasa died", status=status, restart_in_s=wait_s)
            await asyncio.sleep(wait_s)
            try:
                await self.start()
                _log.info("Rasa is back")
                self._back.set()
                self._back.clear()
            except (ConfigError, EngineUnavailable) as error:
                _log.error("Rasa could not be started again", problem=error.problem)
                await self.stop()  # one that hangs would be waited for
            except OSError as error:
                _log.error("Rasa could not be started again", problem=error.strerror)

    async def came_back(self) -> None:
        """Return when it has died and answers again."""
        await self._back.wait()

    async def stop(self) -> None:
        """End it, firmly if need be."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _until_ready(self, process: asyncio.subprocess.Process, log_file: Path) -> None:
        died = asyncio.create_task(process.wait())
        ready = asyncio.create_task(_answers(f"{self.url}/webhooks/hotline/"))
        done, pending = await asyncio.wait(
            (died, ready), timeout=READY_S, return_when=asyncio.FIRST_COMPLETED
        )
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if ready not in done:
            what = "ended at once" if died in done else f"is not ready after {READY_S:.0f} s"
            raise EngineUnavailable("dialog", f"Rasa {what}; see {log_file}.")


def _tied_to_us() -> list[str]:
    """A command before Rasa's that ends it with us, even when we are killed.

    An orphan would hold its port, so that the hotline does not start again, and 0.6 GB.
    """
    setpriv = shutil.which("setpriv")  # of util-linux, there on every Linux but the barest
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            problem = f"port {port}/tcp for Rasa cannot be had ({error.strerror})."
            remedy = f"Stop what uses it (`ss -lntp | grep :{port}`) or change dialog.rasa_url."
            raise ConfigError(problem, remedy) from error


async def _answers(url: str) -> None:
    """Return once the channel says that its model is loaded."""
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as response:
                    if response.ok and (await response.json())["ready"]:
                        return
            except aiohttp.ClientError:
                pass
            # A starting server has no event to wait for.
            await asyncio.sleep(0.2)


@asynccontextmanager
async def running_rasa(
    flows: FlowSet,
    state_dir: Path,
    actions_url: str,
    port: int,
    environment: Path = RASA_ENV,
) -> AsyncIterator[RasaServer]:
    """Train if needed, start Rasa, keep it running while inside, stop it afterwards.

    Raises ConfigError when its port is taken, EngineUnavailable when it does not come up.
    """
    _require_free(port)
    model = await train(flows, state_dir, environment)
    project = state_dir / "rasa" / f"server-{port}"
    write_project(flows, actions_url, project)
    lent = lend_model(model.absolute(), project)
    server = RasaServer(lent.absolute(), project, port, environment)
    try:
        await server.start()
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(server.supervise())
            try:
                yield server
            finally:
                watch.cancel()
    finally:
        await server.stop()
        shutil.rmtree(project, ignore_errors=True)


def environment_of_rasa() -> Mapping[str, str]:
    """The variables for a program in Rasa's environment that imports our bot."""
    path = f"{BOT_DIR}{os.pathsep}{ENCODER_DIR.absolute()}"
    return {**os.environ, **_ENVIRONMENT, "PYTHONPATH": path}
