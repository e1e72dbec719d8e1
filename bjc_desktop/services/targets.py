"""The targets per year and the indicator settings, as they stand in the vault."""

import json
import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.indicators.settings import IndicatorSettings, settings_as_json, settings_from
from bjc_desktop.models import IndicatorSetting, Target
from bjc_desktop.paths import resource
from bjc_desktop.vault import Vault

_NAMESPACE = uuid.UUID("5f1cfb0e-0e8f-4d1c-9a53-1c6f8d5f5a10")
"""Makes the ids of the published targets the same in every vault."""


def published_targets() -> list[Target]:
    """Return the targets that are public, with their source (2024: Drucksache 19/23 355, answers 9 and 10)."""
    years = json.loads(resource("targets/targets.json").read_text("utf-8"))
    return [
        Target(
            id=str(uuid.uuid5(_NAMESPACE, f"{year}/{code}")),
            year=int(year),
            code=code,
            target=Decimal(values["target"]),
            tolerance_low=Decimal(values["tolerance_low"]),
            programme=Decimal(values["programme"]) if values.get("programme") else None,
            source=content["source"],
        )
        for year, content in years.items()
        for code, values in content["targets"].items()
    ]


def fill_new_vault(vault: Vault, *, now: datetime) -> None:
    """Put into a new vault what every vault begins with: the published targets."""
    with vault.writing(now=now) as session:
        session.add_all(published_targets())


def read_settings(connection: Connection) -> IndicatorSettings:
    """Return the indicator settings in force: the defaults and what the vault says otherwise."""
    table = IndicatorSetting.__table__.c
    rows = connection.execute(select(table.key, table.value))
    return settings_from({row.key: json.loads(row.value) for row in rows})


def change_setting(session: Session, key: str, value: object, reason: str | None = None) -> None:
    """Set the indicator setting *key* to *value* (as JSON gives it), with the *reason*.

    Raises
    ------
    InvalidInputError
        where there is no such setting or it knows no such value.
    """
    text = json.dumps(settings_as_json(settings_from({key: value}))[key], ensure_ascii=False)
    setting = session.scalars(select(IndicatorSetting).where(IndicatorSetting.key == key)).one_or_none()
    if setting is None:
        session.add(IndicatorSetting(key=key, value=text, reason=reason))
    else:
        setting.value, setting.reason = text, reason
