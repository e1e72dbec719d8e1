"""Master data: the person and the coaching."""

from bjc_desktop.services.case_file import CaseFile
from bjc_desktop.ui.case_book.section import CaseSectionView, Go
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import label
from bjc_desktop.ui.shared.row_form import RowForm


class MasterData(CaseSectionView):
    """Person and coaching."""

    def __init__(self, desk: Desk, go: Go) -> None:
        super().__init__(desk, go)
        person = (
            "family_name",
            "given_name",
            "birth_date",
            "case_number",
            "gender",
            "german_level",
            "phone",
            "email",
            "postcode",
        )
        coaching = (
            "entry_on",
            "planned_end_on",
            "initial_interview_on",
            "target_group",
            "legal_circle",
            "unemployed_since",
            "access_route",
        )
        self.person = RowForm(desk, "coachees", person, "Person")
        self.coaching = RowForm(desk, "coachings", coaching, "Coaching")
        self._about = label("", "muted", wrap=True)
        for part in (self.person, self.coaching, self._about):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_case(self, case: CaseFile) -> None:
        """Show both rows."""
        self.case = case
        self.person.show_row(case.person)
        self.coaching.show_row(case.coaching)
        decision = f", Zuwendungsbescheid {case.funding_decision}" if case.funding_decision else ""
        self._about.setText(f"Träger: {case.provider}{decision}")

    def go_to(self, field: str | None, row_id: str | None) -> None:
        """Take the keyboard to the field."""
        _ = row_id
        for part in (self.person, self.coaching):
            if field in part.form.fields:
                part.form.focus_field(field)
