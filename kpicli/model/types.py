"""Types of the canonical model."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import polars as pl

MONEY_DIGITS = 6
POSITION_DIGITS = 16


TRUE = ("true", "t", "yes", "y", "1", "да", "истина")
FALSE = ("false", "f", "no", "n", "0", "нет", "ложь")
"""Words for true and false, in small letters."""


class Type(StrEnum):
    """What a cell holds."""

    ID = "id"
    TEXT = "text"
    ENUM = "enum"
    DATE = "date"
    TS = "ts"
    MONEY = "money"
    NUMBER = "number"
    POSITION = "position"
    INT = "int"
    SECONDS = "seconds"
    BOOL = "bool"

    @property
    def is_text(self) -> bool:
        """Held as text: an empty cell is the only null."""
        return self in {Type.ID, Type.TEXT, Type.ENUM}

    @property
    def is_time(self) -> bool:
        """A date or an instant: takes a format."""
        return self in {Type.DATE, Type.TS}

    @property
    def is_number(self) -> bool:
        """A number: takes a decimal mark and a thousands separator."""
        return self in {Type.MONEY, Type.NUMBER, Type.INT, Type.SECONDS}

    def dtype(self, zone: str) -> pl.DataType:
        """Return the polars type; instants are in the time zone of the report."""
        import polars as pl  # noqa: PLC0415 (the model is listed without polars)

        match self:
            case Type.ID | Type.TEXT | Type.ENUM:
                return pl.String()
            case Type.DATE:
                return pl.Date()
            case Type.TS:
                return pl.Datetime("us", zone)
            case Type.MONEY | Type.NUMBER:
                return pl.Decimal(38, MONEY_DIGITS)
            case Type.POSITION:
                return pl.Decimal(38, POSITION_DIGITS)
            case Type.INT | Type.SECONDS:
                return pl.Int64()
            case Type.BOOL:
                return pl.Boolean()


LOOSELY = "loosely"
"""The context in which rules over several keys wait: who asks goes through `wrong` of each part."""


class Strict(BaseModel):
    """Base of everything read from YAML: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def wrong(self) -> Iterator[str]:
        """Yield what is wrong with its keys taken together; each by itself is right."""
        yield from ()

    @model_validator(mode="after")
    def _goes_together(self, info: ValidationInfo) -> Self:
        message = None if info.context == LOOSELY else next(self.wrong(), None)
        if message is not None:
            raise ValueError(message)
        return self


def _listed(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return value if isinstance(value, list | tuple) else [value]


OneOrMore = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed, json_schema_input_type=tuple[str, ...] | str),
]
"""A name, or a list of names."""


NO_LETTERS = r"[\W_]+"


def letters(word: str) -> str:
    """Return the letters and digits of a word, in small letters: `enps` of `e-NPS`."""
    return re.sub(NO_LETTERS, "", word.lower())


class Column(Strict):
    """One column of a table or view.

    `default` is the value of an empty or unmapped cell. `unlisted` is what a value outside
    `values` becomes. `known` are words of a text that takes any other too: spelled otherwise, they
    are read as they stand here. `needs` (views only) lists alternatives, of which one must be there
    for the column to have values: `orders.cost`, `orders`, `$parameter`, several joined by ` and `.
    `between` (views only) are the instants of tables between which a duration is counted, its end
    last, each the first that is filled of several joined by ` or `; one that is `long` may be
    counted in days.
    """

    type: Type
    meaning: str
    required: bool = False
    event: bool = False
    plan: bool = False
    person: bool = False
    default: str | bool | None = None
    values: tuple[str, ...] = ()
    unlisted: str | None = None
    known: tuple[str, ...] = ()
    needs: OneOrMore = ()
    between: tuple[str, ...] = ()
    long: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that a cell of a column with listed values can hold."""
        further = (word for word in (self.default, self.unlisted) if isinstance(word, str))
        return tuple(dict.fromkeys((*self.values, *further)))

    def spelled(self, word: str) -> str:
        """Return a word as it is read: one that is known in its own spelling."""
        return {letters(one): one for one in self.known}.get(letters(word), word)


class Rule(Strict):
    """What a row cannot be: SQL over the columns of its table that holds where it is impossible."""

    when: str
    meaning: str


class Scale(Strict):
    """From 0 to which score a method asks, for the rows of which `where` (SQL) holds.

    Each kind of them (`per`) is on one scale. Rows that say their own in the columns `unless` are
    on that.
    """

    column: str
    to: int
    where: str
    per: str
    unless: OneOrMore


class Reference(Strict):
    """A column that names a row of another table, by that table's key.

    Only rows for which `where` (SQL) holds are looked at.
    """

    column: str
    to: str
    where: str | None = None


class Groups(Strict):
    """A rule of rater groups: those with fewer than `least` (a parameter) respondents are left out.

    A group is the rows alike in `per`; `exempt` (SQL) tells the rows whose group may be smaller.
    """

    per: OneOrMore
    least: str
    exempt: str


class Relation(Strict):
    """What a metric can read: a table or a view.

    `protected` (SQL) tells answers of employees, `respondent` is the column that tells people
    apart, `question` (SQL) what they answered. `groups` is the rule that holds for them instead of
    the one for all.
    """

    name: str
    row: str
    columns: dict[str, Column]
    dimensions: dict[str, str] = {}
    key: tuple[str, ...] = ()
    protected: str | None = None
    respondent: str | None = None
    question: str | None = None
    groups: Groups | None = None


class Table(Relation):
    """A canonical table.

    `begins` names the columns (the first that is filled) that say when a row begins. `spells` marks
    tables that tell who is there now and since when: they cover every day up to `as_of`. `waves`
    marks tables whose rows come in waves, between which nothing need happen for long. `ends`
    names columns that end something, which after `as_of` has not ended. `entity` is the dimension
    whose attributes the table holds: other tables reach it by that dimension. `references` and
    `rules` are what its rows are checked for; rows that fail are used and counted. `scales` are
    those that its scores are doubted to be on, where all of them are in the lower half.
    """

    group: str
    begins: OneOrMore
    ends: OneOrMore = ()
    spells: bool = False
    waves: bool = False
    entity: str | None = None
    references: tuple[Reference, ...] = ()
    rules: dict[str, Rule] = {}
    scales: tuple[Scale, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which a row cannot be used."""
        return tuple(name for name, column in self.columns.items() if column.required)

    @property
    def events(self) -> tuple[str, ...]:
        """Columns that tell what happened: they set coverage and the default of `as_of`."""
        return tuple(name for name, column in self.columns.items() if column.event)


class View(Relation):
    """A derived view: what SQL over one table cannot say, made by a module of `kpicli.views`.

    `base` is the table whose kept columns pass through and that gives coverage; `reads` are the
    other tables it uses where they are there. `left_out` (a column of that name) gives the reason
    why a row counts nowhere. `sample` marks rows that are a sample of a larger whole.
    """

    base: str
    reads: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    acts_on: dict[str, tuple[str, ...]] = Field(
        default={}, description="columns that a parameter acts on, where those are not all"
    )
    sample: bool = False
    current: tuple[str, ...] = Field(default=(), description="dimensions known only as of today")

    def parameters_of(self, columns: Collection[str]) -> list[str]:
        """Return the parameters on which `columns` depend."""
        return [
            name
            for name in self.parameters
            if name not in self.acts_on or not set(columns).isdisjoint(self.acts_on[name])
        ]


class Model(Strict):
    """All tables and views by name."""

    tables: dict[str, Table]
    views: dict[str, View]

    def relation(self, name: str) -> Relation | None:
        """Return the table or view called `name`, or None."""
        return self.views.get(name) or self.tables.get(name)

    def base_of(self, relation: Relation) -> Table:
        """Return the table whose rows a relation is made of: its own, or those of a view's base."""
        return self.tables[relation.base if isinstance(relation, View) else relation.name]
