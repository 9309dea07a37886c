"""The settings file that ships says what the settings classes say."""

from collections.abc import Iterator

from pydantic.fields import FieldInfo

from ivr.config import Settings, load_settings
from ivr.config.document import document
from ivr.config.load import DEFAULT_FILE
from ivr.config.section import Section
from tests import needs

WRITE = "Run `.venv/bin/python -m ivr.config.document`."


def fields() -> Iterator[tuple[str, FieldInfo]]:
    for section in Section.__subclasses__():
        for name, field in section.model_fields.items():
            is_section = isinstance(field.annotation, type) and issubclass(
                field.annotation, Section
            )
            if not is_section:
                yield f"{section.__name__}.{name}", field


def test_the_file_that_ships_is_what_the_classes_say() -> None:
    shipped = (needs.ROOT / DEFAULT_FILE).read_text(encoding="utf-8")

    assert shipped == document(), f"{DEFAULT_FILE} and settings.py differ. {WRITE}"


def test_the_file_that_ships_reads_as_the_defaults() -> None:
    assert load_settings(needs.ROOT / DEFAULT_FILE) == Settings()


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in fields() if not field.description] == []
