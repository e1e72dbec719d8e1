"""What a user may be called."""

from bjc_desktop.errors import InvalidInputError

_MAXIMUM_NAME = 80


def checked_name(name: str) -> str:
    """Return the user's *name* without surrounding space.

    Raises
    ------
    InvalidInputError
        where it is empty, too long, or holds control characters.
    """
    plain = name.strip()
    if not plain or len(plain) > _MAXIMUM_NAME or not plain.isprintable():
        sentence = f"Bitte einen Namen mit höchstens {_MAXIMUM_NAME} Zeichen angeben."
        raise InvalidInputError({"name": sentence})
    return plain
