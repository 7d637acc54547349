"""The menu as the operator's documents name and order it."""

from typing import Annotated

from pydantic import Field, model_validator

from selfcare_app.operators.schema.features import Feature
from selfcare_app.operators.schema.section import Key, Section, Text


class MenuItem(Section):
    """One entry: a feature under the operator's own title (`menu.<title>` in the catalogues)."""

    title: Key
    feature: Feature

    @property
    def path(self) -> str:
        """Where the entry leads."""
        return self.feature.path

    @property
    def icon(self) -> str:
        """Name of the entry's icon."""
        return self.feature.icon


class MenuSection(Section):
    """A group of entries; a group of one entry is shown as that entry."""

    title: Key
    proper_name: Text | None = None
    """A trade name that stands instead of the title in every language."""
    items: Annotated[tuple[MenuItem, ...], Field(min_length=1)]


MenuSections = Annotated[tuple[MenuSection, ...], Field(min_length=1)]


class Menu(Section):
    """The menus of a subscriber, of an administrator, and of a line that an administrator has chosen."""

    subscriber: MenuSections
    administrator: MenuSections | None = None
    chosen_line: MenuSections | None = None

    def features(self) -> frozenset[Feature]:
        """Every feature that some menu leads to."""
        menus = (self.subscriber, self.administrator or (), self.chosen_line or ())
        return frozenset(item.feature for menu in menus for section in menu for item in section.items)

    def title_of(self, feature: Feature) -> str:
        """The key of what a subscriber's menu calls the feature. Raises StopIteration where no menu leads to it."""
        entries = (item for section in self.subscriber for item in section.items)
        return next(f"menu.{item.title}" for item in entries if item.feature is feature)


class BottomBar(Section):
    """The five entries at the bottom of a phone's screen."""

    items: Annotated[tuple[MenuItem, ...], Field(min_length=5, max_length=5)]

    @model_validator(mode="after")
    def _distinct(self) -> "BottomBar":
        if len({item.feature for item in self.items}) != len(self.items):
            raise ValueError("items must name each feature once")
        return self
