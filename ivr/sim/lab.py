"""A hotline of one's own: free ports on loopback and a private folder, for tests and demos."""

from pathlib import Path

from ivr.config.free_port import free_port
from ivr.config.settings import DialogSettings, Settings, Store, Web
from ivr.sim.sip_lab import lab_settings as line_settings


def lab_settings(folder: Path, **telephony: object) -> Settings:
    """Give settings that cannot get in anybody's way; `telephony` overrides its section.

    Shared with the real hotline are only the models, the trained bot and rendered prompts.
    """
    folder = folder.absolute()
    _share_the_trained_bot(folder / "rasa" / "models")
    ports = [free_port() for _ in range(3)]
    return line_settings(folder, **telephony).model_copy(
        update={
            "store": Store(
                url=f"sqlite+aiosqlite:///{folder / 'hotline.db'}",
                secret_file=folder / "secrets" / "store",
            ),
            "dialog": DialogSettings(
                rasa_url=f"http://127.0.0.1:{ports[0]}",
                actions_port=ports[1],
                facts_url=f"sqlite+aiosqlite:///{folder / 'facts.db'}",
            ),
            "web": Web(port=ports[2]),
        }
    )


def _share_the_trained_bot(models: Path) -> None:
    """Training takes half a minute; a bot of the same flows is the same bot."""
    shared = Settings().state_dir.absolute() / "rasa" / "models"
    shared.mkdir(parents=True, exist_ok=True)
    models.parent.mkdir(parents=True, exist_ok=True)
    if not models.exists():
        models.symlink_to(shared, target_is_directory=True)
