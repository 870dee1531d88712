"""Time zones by their IANA names."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"'{name}' is not a time zone: write an IANA name such as Europe/Moscow"
        ) from None
    return name


Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]
