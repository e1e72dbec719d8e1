"""The sections that are a list of rows: consents, staff, measures, profiles, barriers, consultations, suggestions, outcomes."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from bjc_desktop.services.case_file import CaseFile, CaseRow
from bjc_desktop.services.input_warnings import warnings_for
from bjc_desktop.services.row_titles import entity_of
from bjc_desktop.ui.case_book import list_shapes as shapes
from bjc_desktop.ui.case_book.change_chart import ChangeChart, ChangeLine
from bjc_desktop.ui.case_book.section import CaseSectionView, Go
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import box, label
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.ui.shared.row_list import ListShape, RowList
from bjc_desktop.vocabulary import ConsultationStatus, SuggestionState


class ListSection(CaseSectionView):
    """A section with one list."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self.list: RowList | None = None

    def shape(self, case: CaseFile) -> ListShape:
        """Return what the list shows and asks."""
        raise NotImplementedError

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the rows of the list."""
        raise NotImplementedError

    def owner(self, case: CaseFile) -> Mapping[str, Any]:
        """Return what a new row refers to."""
        return {"coaching_id": case.coaching.id}

    def begin(self) -> Mapping[str, Any]:
        """Return what a new row begins with."""
        return {}

    def wrapped(self) -> bool:
        """Say whether a shown row holds the vault's row as its ``row``."""
        return False

    def show_case(self, case: CaseFile) -> None:
        """Show the list."""
        self.case = case
        if self.list is None:
            shape = self.shape(case)
            entity = entity_of(shape.table)
            self.list = RowList(
                self.desk,
                shape,
                self.owner(case),
                self.begin,
                lambda values: {} if self.case is None else warnings_for(entity, values, self._context(self.case)),
            )
            if self.wrapped():
                self.list.adapt(shapes.row_of, self.values_of)
            self.build(self.list)
        self.list.show_rows(self.rows(case))

    def values_of(self, shown: Any) -> Mapping[str, Any]:
        """Return the editor's values of a shown row."""
        return shapes.values_of(shown)

    def build(self, made: RowList) -> None:
        """Put the list into the section."""
        self.column.addWidget(made)
        self.column.addStretch(1)

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Choose the row, and go to the field of its editor."""
        if self.list is None or self.case is None:
            return
        if row_id is not None:
            self.list.show_rows(self.rows(self.case), at=row_id)
            self.list.table.setFocus()
        elif field in self.list.form.fields:
            if not self.list.table.rows_model.rows:
                self.list.begin_new()
            self.list.form.focus_field(field)

    def draft(self) -> Any | None:
        """Return what is typed in the editor."""
        return None if self.list is None else self.list.texts()

    def show_draft(self, draft: Any) -> None:
        """Show what was typed in the editor before."""
        if self.list is not None:
            self.list.show_draft(draft)


class Consents(ListSection):
    """The consents of the person, and what a withdrawal switches off."""

    def build(self, made: RowList) -> None:
        """Put what is switched off above the list."""
        self.withdrawn = label("", "error", wrap=True)
        self.column.addWidget(self.withdrawn)
        super().build(made)

    def show_case(self, case: CaseFile) -> None:
        """Show the list, and what is switched off."""
        super().show_case(case)
        self.withdrawn.setText("\n".join(off.text for off in case.switched_off))
        self.withdrawn.setVisible(bool(case.switched_off))

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.consents()

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the consents."""
        return case.consents

    def owner(self, case: CaseFile) -> Mapping[str, Any]:
        """Return the person."""
        return {"coachee_id": case.person.id}

    def begin(self) -> Mapping[str, Any]:
        """Begin with today."""
        return {"given_on": self.desk.today()}


class Assignments(ListSection):
    """Who is responsible."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        return shapes.assignments(case)

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the assignments."""
        return case.assignments

    def wrapped(self) -> bool:
        """Say that assignments hold their row."""
        return True

    def begin(self) -> Mapping[str, Any]:
        """Begin with oneself, today."""
        return {"staff_id": self.desk.staff_id, "valid_from": self.desk.today()}


class Measures(ListSection):
    """The measures."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.measures()

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the measures."""
        return case.measures


class Profiles(ListSection):
    """The versions of the competence profile."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        return shapes.profiles(case)

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the versions."""
        return case.profiles

    def begin(self) -> Mapping[str, Any]:
        """Begin with what the latest version says, today."""
        latest = max(self.case.profiles, key=lambda shown: shown["recorded_on"], default=None) if self.case else None
        return {
            "recorded_on": self.desk.today(),
            "staff_id": self.desk.staff_id,
            "summary": None if latest is None else latest["summary"],
        }


class Barriers(ListSection):
    """The barriers, drawn with their change."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        self._drawn = QVBoxLayout()

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.barriers()

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the barriers."""
        return case.barriers

    def wrapped(self) -> bool:
        """Say that barriers hold their row."""
        return True

    def begin(self) -> Mapping[str, Any]:
        """Begin with today."""
        return {"recorded_on": self.desk.today()}

    def build(self, made: RowList) -> None:
        """Put the drawing above the list."""
        self.column.addLayout(self._drawn)
        super().build(made)

    def show_case(self, case: CaseFile) -> None:
        """Show the list and draw it."""
        super().show_case(case)
        clear_layout(self._drawn)
        lines = tuple(
            ChangeLine(
                change.row.text("area"),
                tuple(v for v in (change.row["severity_at_entry"], change.row["severity_now"]) if v is not None),
                0,
                3,
                words=change.text or "noch nicht wieder eingeschätzt",
            )
            for change in case.barriers
        )
        if lines:
            frame, inner = box()
            inner.addWidget(label("Vom Eintritt bis heute (0 keine, 3 stark)", "strong"))
            inner.addWidget(ChangeChart(lines, "Vermittlungshemmnisse vom Eintritt bis heute"))
            self._drawn.addWidget(frame)


class Consultations(ListSection):
    """The consultations; the note stands in the list and in the editor."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        return shapes.consultations(case)

    def rows(self, case: CaseFile) -> Sequence[Any]:
        """Return the consultations."""
        return case.consultations

    def wrapped(self) -> bool:
        """Say that consultations hold their row."""
        return True

    def values_of(self, shown: Any) -> Mapping[str, Any]:
        """Return the values with the note."""
        return shapes.consultation_values(shown)

    def begin(self) -> Mapping[str, Any]:
        """Begin with what the dialog offers too."""
        return {"held_on": self.desk.today(), "staff_id": self.desk.staff_id, "status": ConsultationStatus.HELD.value}


class Suggestions(ListSection):
    """What the trainers suggest, and what the coach makes of it."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.suggestions(answering=True)

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the suggestions."""
        return case.suggestions

    def owner(self, case: CaseFile) -> Mapping[str, Any]:
        """Return the coaching, and who suggests."""
        return {**super().owner(case), **suggested_by(self.desk)}

    def begin(self) -> Mapping[str, Any]:
        """Begin with something open."""
        return {"state": SuggestionState.OPEN.value}


def suggested_by(desk: Desk) -> Mapping[str, Any]:
    """Return who suggests something, and when."""
    return {"staff_id": desk.staff_id, "made_on": desk.today()}


class Outcomes(ListSection):
    """The outcomes."""

    def shape(self, case: CaseFile) -> ListShape:
        """Return the list's shape."""
        _ = case
        return shapes.outcomes()

    def rows(self, case: CaseFile) -> Sequence[CaseRow]:
        """Return the outcomes."""
        return case.outcomes
