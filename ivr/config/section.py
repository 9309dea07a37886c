"""What all parts of the settings have in common."""

from pydantic import BaseModel, ConfigDict, ValidationInfo


class Section(BaseModel):
    """A part of the settings: frozen, and strict about keys."""

    # The texts below the fields become the comments of config/hotline.yaml.
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def completed(section: type[Section], given: object, info: ValidationInfo) -> object:
    """Give a mapping its default for every key that is left out, as the whole file has."""
    default = section.model_fields[str(info.field_name)].default
    return {**default, **given} if isinstance(given, dict) else given
