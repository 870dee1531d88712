"""x."""


def validate() -> None:
    """X."""
