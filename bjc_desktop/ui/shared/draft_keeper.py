"""What is typed in one place and not saved yet: kept in the vault, shown again, dropped with the saving."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from bjc_desktop.services.drafts import draft_of, drop_draft, keep_draft
from bjc_desktop.ui.shared.desk import Desk

_log = logging.getLogger(__name__)
RESTORED = "Hier ist, was Sie zuletzt getippt und noch nicht gespeichert hatten."


class DraftKeeper:
    """Keeps what *content* returns (what JSON can hold; None for nothing typed) as the user's draft *key*."""

    def __init__(self, desk: Desk, key: str, content: Callable[[], Any | None]) -> None:
        self._desk, self._key, self._content = desk, key, content
        self._kept: Any | None = None

    def restored(self) -> Any | None:
        """Return what was kept before."""
        self._kept = self._desk.read(partial(draft_of, user_id=self._desk.vault.user.id, key=self._key))
        return self._kept

    def restore(self, show: Callable[[Any], object]) -> bool:
        """Let *show* show what was kept before, and say whether there was anything.

        What another version of the program kept in another shape is passed over, and stays until something else is typed.
        """
        draft = self.restored()
        if draft is None:
            return False
        try:
            show(draft)
        except (AttributeError, LookupError, TypeError, ValueError):
            _log.warning("a draft could not be shown")
            self._kept = None
            return False
        return True

    def keep(self) -> None:
        """Write what is typed now, if it is not what was written last."""
        content, user = self._content(), self._desk.vault.user.id
        if content == self._kept:
            return
        self._kept = content
        if content is None:
            self._desk.keep_quietly(partial(drop_draft, user_id=user, key=self._key))
        else:
            self._desk.keep_quietly(partial(keep_draft, user_id=user, key=self._key, content=content, now=self._desk.now()))

    def drop(self, session: Any) -> None:
        """Forget the draft in the transaction that saves what was typed."""
        drop_draft(session, self._desk.vault.user.id, self._key)

    def discard(self) -> None:
        """Forget the draft, for nothing of it is wanted."""
        self._kept = None
        self._desk.keep_quietly(self.drop)
