"""x."""


def listing() -> None:
    """X."""
