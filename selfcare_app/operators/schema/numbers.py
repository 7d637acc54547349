"""Changing one's number: how one looks for a new one, what it costs and when it comes."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from selfcare_app.operators.schema.orders import Effect
from selfcare_app.operators.schema.section import Count, CountOrZero, Digits, Section
from selfcare_app.operators.schema.vocabulary import NumberCategory, NumberWay

_Sign = Annotated[str, StringConstraints(pattern=r"^[^0-9]$")]


class CategoryPrice(Section):
    """What a number of a category costs once."""

    key: NumberCategory
    price_minor: CountOrZero


class NumberChange(Section):
    """The whole rule of number change."""

    ways: Annotated[tuple[NumberWay, ...], Field(min_length=1)]
    mask_any_run: _Sign
    """The sign for any run of digits, also none."""
    mask_any_digit: _Sign
    categories: Annotated[tuple[CategoryPrice, ...], Field(min_length=1)]
    prefixes: Annotated[tuple[Digits, ...], Field(min_length=1)]
    hold_seconds: Count
    holds_per_session: Count
    holds_per_day: Count
    page_size: Annotated[int, Field(gt=0, le=50)]
    searches_per_minute: Count
    effect: Effect
    withdrawable: bool
    """The order can be taken back until it is carried out."""
    changes_per_period: Count
    period_days: Count
    quarantine_days: Count
    """Days that the old number rests before it can be offered again."""

    @model_validator(mode="after")
    def _each_category_once(self) -> "NumberChange":
        keys = [category.key for category in self.categories]
        if len(keys) != len(set(keys)):
            raise ValueError("categories must name each category once")
        return self

    def price_minor(self, category: NumberCategory) -> int:
        """Price of a number of the category, in minor units. Raises KeyError if it is not offered."""
        return {row.key: row.price_minor for row in self.categories}[category]
