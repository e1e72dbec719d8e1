"""What can go wrong, said in one German sentence that tells the user what to do.

Every error that a user may meet derives from :class:`BjcError`. Its text is shown as it is, at the field, in a dialog or on
standard error (exit status 1), and therefore never holds personal data.
"""

from collections.abc import Mapping


class BjcError(Exception):
    """An error with a German sentence for the user; the command line ends with status 1."""


class InvalidInputError(BjcError):
    """Input that cannot be saved: one sentence for each field, keyed by the field's name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class NotFoundError(BjcError):
    """Something named by the user does not exist."""


class VaultError(BjcError):
    """The vault cannot be created, opened, written or backed up."""


class WrongPassphraseError(VaultError):
    """The passphrase (or the recovery code) opens no slot of the vault."""


class VaultInUseError(VaultError):
    """Another process holds the vault."""


class VaultDamagedError(VaultError):
    """The vault's files are not what was written: truncated, altered or incomplete."""


class NewerVaultError(VaultError):
    """The vault was written by a newer version of the program."""


class DiskFullError(VaultError):
    """There is no room left; nothing was changed."""


class StoppedError(VaultError):
    """The work was asked to stop; nothing was changed."""


class SilentPlaceError(VaultError):
    """A folder does not answer, such as a network share that is gone."""


class MissingNoteKeyError(VaultError):
    """The user does not hold the key to the notes of consultations."""


class PackageError(BjcError):
    """A data package that cannot be imported: one sentence, then one line per fault."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class PackageConflictError(PackageError):
    """A data package that holds other values than the vault; it can be taken in all the same, on purpose."""


class ErasedPeopleError(PackageError):
    """A data package with people who were erased; they can be taken in again, on purpose."""


class ListError(BjcError):
    """A list that cannot be read or taken in."""


class BundleError(BjcError):
    """A report bundle that does not verify."""
