"""What stands above and below the line of a metric, as its card says it."""

from __future__ import annotations

from collections.abc import Iterator

from kpicli.language.declaration import Measured
from kpicli.locales import Locale


def sides(measured: Measured, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield the numerator and, where there is one, the denominator of a measure."""
    above, below = _parts(measured, locale)
    yield locale("numerator"), above
    if below is not None:
        yield locale("denominator"), below


def _parts(measured: Measured, locale: Locale) -> tuple[str, str | None]:
    match measured:
        case Measured(count=str(count)):
            column = count.removeprefix("distinct ")
            distinct = locale("different values of {column}", column=column)
            return (locale("the rows") if count == "rows" else distinct), None
        case Measured(sum=str(text)):
            return locale("sum of {text}", text=text), None
        case Measured(mean=str(text)):
            known = locale("rows with a value of {text}", text=text)
            return locale("sum of {text}", text=text), known
        case Measured(share=str(text)):
            holds = locale("rows for which {text}", text=text)
            return holds, locale("rows for which that is known")
        case Measured(score=score) if score is not None:
            plus = locale("rows for which {text}", text=score.plus)
            minus = locale("rows for which {text}", text=score.minus)
            return f"{plus} − {minus}", locale("rows for which that is known")
        case Measured(ratio=ratio) if ratio is not None:
            return ratio.of, ratio.to
        case Measured(duration=duration) if duration is not None:
            taken = duration.ready or ""
            if duration.from_ is not None:
                taken = f"{duration.from_} … {duration.to}"
            seconds = locale("sum of the time {text}", text=taken)
            return seconds, locale("rows where it is known and not negative")
        case Measured(time=str(unit)):
            return locale(f"{unit} of the spells inside the period"), None
        case Measured(mix=str(column)):
            return locale("rows per value of {column}", column=column), locale("the rows")
    return measured.value or "", None
