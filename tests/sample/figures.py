"""The indicators of a sample, computed in plain Python: enough to see whether the sample is believable."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from bjc_desktop.indicators.period import Period, add_months
from bjc_desktop.sample import SampleTable

JOBS = {"employment_permanent", "employment_fixed_term", "employment_subsidised", "self_employment", "dual_training"}
COURSES = {
    "retraining",
    "certified_further_training",
    "partial_qualification",
    "external_exam_preparation",
    "school_based_training",
    "school_leaving_certificate",
    "university_studies",
}
NOT_LINKING = {"integration_course", "vocational_language_course", "activation_45", "coaching_16k"}
ENDED = {"achieved", "partly_achieved", "not_achieved", "dropped"}
FAR = "9999-12-31"

Record = dict[str, str]


def records(table: SampleTable) -> list[Record]:
    """Return the rows of *table* by column."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@dataclass(frozen=True)
class Figures:
    """Numerators and denominators of one period."""

    a1_1: tuple[int, int]
    a1_2: tuple[int, int]
    a4: tuple[int, int]
    consultations: tuple[int, float]
    missing_months: int
    correctly_closed: tuple[int, int]
    measure_link: tuple[int, int]


class Calculator:
    """Computes the figures of a sample, period by period."""

    def __init__(self, tables: dict[str, SampleTable]) -> None:
        self.tables = {name: records(table) for name, table in tables.items()}
        self.coachings = [coaching for coaching in self.tables["coachings"] if coaching["cancelled"] != "true"]
        self._of: dict[str, defaultdict[str, list[Record]]] = {}
        for name, key in (("consents", "coachee_id"), ("goals", "plan_id")):
            self._of[name] = self._grouped(name, key)
        for name in ("outcomes", "measures", "competence_profiles", "development_plans", "consultations", "follow_ups"):
            self._of[name] = self._grouped(name, "coaching_id")

    def _grouped(self, name: str, key: str) -> defaultdict[str, list[Record]]:
        groups: defaultdict[str, list[Record]] = defaultdict(list)
        for record in self.tables[name]:
            groups[record[key]].append(record)
        return groups

    def of(self, period: Period) -> Figures:
        """Return the figures of *period*."""
        first, last = period.first.isoformat(), period.last.isoformat()
        exits = [coaching for coaching in self.coachings if first <= coaching["exit_on"] <= last]
        due = [coaching for coaching in self.coachings if coaching["exit_on"] and first <= later(coaching, 6) <= last]
        counted, worked, missing = self._consultations(period)
        active = [
            coaching for coaching in self.coachings if coaching["entry_on"] <= last and (coaching["exit_on"] or FAR) >= first
        ]
        deciding = {coaching["coachee_id"]: coaching for coaching in sorted(active, key=lambda c: (c["entry_on"], c["id"]))}
        return Figures(
            a1_1=(sum(bool(self.jobs(coaching)) for coaching in exits), len(exits)),
            a1_2=(sum(self._employed_later(coaching) for coaching in due), len(due)),
            a4=(sum(bool(self.courses(coaching)) for coaching in exits), len(exits)),
            consultations=(counted, worked),
            missing_months=missing,
            correctly_closed=(sum(not self.failed_items(coaching) for coaching in exits), len(exits)),
            measure_link=(sum(self._linked(coaching, last) for coaching in deciding.values()), len(deciding)),
        )

    def jobs(self, coaching: Record) -> list[Record]:
        """Return the outcomes for which *coaching* counts as integrated."""
        window = later(coaching, 1)
        return [
            outcome
            for outcome in self._of["outcomes"][coaching["id"]]
            if outcome["kind"] in JOBS and outcome["begin_on"] <= window <= (outcome["end_on"] or FAR)
        ]

    def courses(self, coaching: Record) -> list[Record]:
        """Return the outcomes for which *coaching* counts as qualified."""
        return [
            outcome
            for outcome in self._of["outcomes"][coaching["id"]]
            if outcome["kind"] in COURSES
            and coaching["entry_on"] <= outcome["begin_on"] <= later(coaching, 1)
            and ((outcome["end_on"] or FAR) >= coaching["exit_on"] or outcome["completed"] == "true")
        ]

    def _employed_later(self, coaching: Record) -> bool:
        surveys = self._of["follow_ups"][coaching["id"]]
        return any(survey["state"] == "surveyed" and survey["status_on_due_date"] in JOBS for survey in surveys)

    def _linked(self, coaching: Record, last: str) -> bool:
        end = min(coaching["exit_on"] or FAR, last)
        return any(
            measure["kind"] not in NOT_LINKING
            and measure["begin_on"] <= end
            and (measure["end_on"] or FAR) >= coaching["entry_on"]
            for measure in self._of["measures"][coaching["id"]]
        )

    def _consultations(self, period: Period) -> tuple[int, float, int]:
        """Return the consultations of the job coaches, their funded hours, and the number of missing months."""
        coaches = {member["id"]: member for member in self.tables["staff"] if member["role"] == "job_coach"}
        held = {
            consultation["group_id"] or consultation["id"]
            for consultation in self.tables["consultations"]
            if consultation["status"] == "held"
            and consultation["kind"] != "follow_up_survey"
            and consultation["staff_id"] in coaches
            and period.first.isoformat() <= consultation["held_on"] <= period.last.isoformat()
        }
        hours = {(row["staff_id"], row["month"]): float(row["worked_hours"]) for row in self.tables["working_time"]}
        months = [
            (member["id"], month, float(member["funded_share"] or 1))
            for member in coaches.values()
            for month in period.months()
            if member["employed_from"][:7] <= month <= (member["employed_to"] or FAR)[:7]
        ]
        worked = sum(hours.get((member, month), 0) * share for member, month, share in months)
        return len(held), worked, sum((member, month) not in hours for member, month, _ in months)

    def failed_items(self, coaching: Record) -> set[str]:
        """Return the items of the checklist that *coaching* fails."""
        id_, exit_ = coaching["id"], coaching["exit_on"]
        plans = sorted(self._of["development_plans"][id_], key=lambda plan: int(plan["version"]))
        goals = self._of["goals"][plans[-1]["id"]] if plans else []
        counting = self.jobs(coaching) + self.courses(coaching)
        passed = {
            "consent": any(
                consent["purpose"] == "participation" and consent["given_on"] <= exit_ < (consent["withdrawn_on"] or FAR)
                for consent in self._of["consents"][coaching["coachee_id"]]
            ),
            "master_data": all(coaching[name] for name in ("target_group", "legal_circle", "unemployed_since")),
            "initial_interview": coaching["initial_interview_on"],
            "competence_profile": any(row["recorded_on"] <= exit_ for row in self._of["competence_profiles"][id_]),
            "development_plan": goals and all(goal["status"] in ENDED for goal in goals),
            "consultation": any(
                row["status"] == "held" and coaching["entry_on"] <= row["held_on"] <= exit_
                for row in self._of["consultations"][id_]
            ),
            "exit_data": coaching["exit_reason"] and coaching["status_at_exit"],
            "evidence": all(outcome["evidence_kind"] for outcome in counting),
            "closing": any(coaching[name] for name in ("closing_interview_on", "closing_report_on", "closing_waived_reason")),
            "on_time": "" < coaching["file_closed_on"] <= later(coaching, 1),
        }
        return {item for item, value in passed.items() if not value}


def later(coaching: Record, months: int) -> str:
    """Return the exit plus *months* months."""
    return add_months(date.fromisoformat(coaching["exit_on"]), months).isoformat()
