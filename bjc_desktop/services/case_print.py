"""What is printed about a person: plan, whole file, observations, the sheet of a hand-over, and for the survey letter and script."""

import io
from collections.abc import Iterable, Mapping
from datetime import date

import pypdfium2
from sqlalchemy import Connection, select

from bjc_desktop.models import Coaching, Provider
from bjc_desktop.reports.case_content import CaseDocument, Course, Part
from bjc_desktop.services.case_file import DIMENSIONS, CaseFile, CaseRow, PlanVersion, full_name, read_case_file
from bjc_desktop.services.case_timeline import timeline
from bjc_desktop.services.consent_effects import not_to_be_shown
from bjc_desktop.services.follow_up_desk import SurveyRow
from bjc_desktop.services.observation_anchors import anchor
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import show_date, show_duration
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import Role, StatusOnDueDate

NONE = "–"
_PERSON = ("birth_date", "gender", "german_level", "postcode", "phone", "email")
_CONTACT = ("phone", "email", "german_level")
_RUNNING = ("entry_on", "planned_end_on", "target_group", "legal_circle")
_COACHING = (
    "entry_on", "planned_end_on", "initial_interview_on", "target_group", "legal_circle", "unemployed_since", "access_route", "exit_on",
    "exit_reason", "status_at_exit", "closing_interview_on", "closing_report_on", "file_closed_on",
)  # fmt: skip
_THIRDS = (0.36, 0.2, 0.22, 0.22)


def plan_sheet(case: CaseFile, plan: PlanVersion) -> bytes:
    """Return the A4 sheet of a version of the development plan: goals, agreed tasks, and room to sign."""
    parts = [Part(lines=_facts(plan.row, ("agreed_on", "overall_goal", "review_on")))]
    for number, goal in enumerate(plan.goals, 1):
        rows = tuple(
            (t.text("description"), t.text("responsible") or NONE, _day(t, "due_on"), _day(t, "done_on")) for t in goal.tasks
        )
        about = f"Stand: {goal.row.text('status')}, fällig am {_day(goal.row, 'due_on')}"
        heads = ("Aufgabe", "zuständig", "bis", "erledigt")
        parts.append(Part(f"Ziel {number}: {goal.row.text('description')}", (about,), heads, rows, _THIRDS))
    return _pdf(case, "Entwicklungsplan", f"Entwicklungsplan, Fassung {plan.row['version']}", parts, ("Coachee", "JobCoach"))


def whole_file(case: CaseFile) -> bytes:
    """Return the whole case file; notes as far as the user can read them."""
    talks = tuple(
        (
            show_date(entry.row["held_on"]),
            f"{entry.row.text('kind')}, {entry.row.text('channel')}, {show_duration(entry.row['duration_min']) or NONE}",
            entry.row.text("status"),
            entry.note or entry.note_problem or "",
        )
        for entry in case.consultations
    )
    events = tuple((show_date(entry.day), entry.title, entry.text) for entry in timeline(case))
    parts = [
        Part("Person", _facts(case.person, _PERSON)),
        Part("Coaching", _facts(case.coaching, _COACHING)),
        Part("Konsultationen", (), ("Datum", "Art", "Stand", "Notiz"), talks, (0.12, 0.26, 0.14, 0.48)),
        Part("Zeitleiste", (), ("Tag", "Was", "Näheres"), events, (0.12, 0.3, 0.58)),
    ]
    return _pdf(case, "Fallakte", f"Fallakte {case.person['case_number']}", parts)


def observation_report(case: CaseFile) -> bytes:
    """Return the observations of a person with their course, for the coach and to talk over with the coachee: each value in words."""
    goals = {goal.row.id: f"Ziel: {goal.row.text('description')}" for plan in case.plans for goal in plan.goals}
    heads = ("Tag", "Werte", "Wo und wie", "Beobachtung und Unterstützung")
    rows = tuple(_observation(seen, goals) for seen in case.observations)
    drawn = ("Merkmal", "Verlauf", "zuerst", "davor", "zuletzt", "Das heißt")
    parts = [
        Part("Verlauf von 1 bis 5", (), drawn, tuple(_courses(case)), (0.2, 0.16, 0.11, 0.11, 0.11, 0.31)),
        Part("Beobachtungen", (), heads, rows, (0.12, 0.24, 0.23, 0.41)),
    ]
    return _pdf(case, "Beobachtungen", "Beobachtungsbericht", parts, ("Coachee", "Beschäftigungstrainer*in"))


def _courses(case: CaseFile) -> Iterable[tuple[str | Course, ...]]:
    """Yield each dimension that was observed: drawn, its first, last and last but one value, and what the last one means."""
    trends = [trend for trend in case.trends if trend.points]
    first = min((trend.points[0][0] for trend in trends), default=case.today)
    last = max((trend.points[-1][0] for trend in trends), default=case.today)
    for trend in trends:
        now, before = trend.points[-1], trend.points[-2] if len(trend.points) > 1 else None
        known = (trend.points[0], before, now)
        values = tuple(NONE if point is None else f"{point[1]}\n{show_date(point[0])}" for point in known)
        yield (
            trend.title,
            Course(trend.points, first, last),
            *values,
            f"{_compared(before, now)}\n{anchor(trend.field, now[1])}",
        )


def _compared(before: tuple[date, int] | None, now: tuple[date, int]) -> str:
    if before is None:
        return "einmal beobachtet:"
    return "unverändert:" if now[1] == before[1] else "besser als davor:" if now[1] > before[1] else "schlechter als davor:"


def _observation(seen: CaseRow, goals: Mapping[str, str]) -> tuple[str, ...]:
    titles = fields_of("observations")
    said = [
        seen.text("evidence"),
        f"Unterstützung: {seen.text('derived_action')}" if seen["derived_action"] else "",
        goals.get(seen["goal_id"], ""),
        f"besprochen am {seen.text('discussed_on')}" if seen["discussed_on"] else "",
    ]
    return (
        show_date(seen["observed_on"]),
        "\n".join(f"{titles[name].title}: {seen[name]}" for name in DIMENSIONS if seen[name] is not None) or NONE,
        "\n".join(filter(None, (seen.text("workplace"), seen.text("task"), seen.text("method")))),
        "\n".join(filter(None, said)),
    )


def hand_over_sheet(case: CaseFile) -> bytes:
    """Return the page with which a case is handed over: what runs, what is agreed, what was last; no notes."""
    plan = case.plans[0] if case.plans else None
    goals = tuple(
        (
            goal.row.text("description"),
            goal.row.text("status"),
            _day(goal.row, "due_on"),
            str(sum(t["done_on"] is None for t in goal.tasks)),
        )
        for goal in (plan.goals if plan is not None else ())
        if goal.row["closed_on"] is None
    )
    talks = tuple(
        (show_date(entry.row["held_on"]), entry.row.text("kind"), entry.row.text("channel"), entry.row.text("status"))
        for entry in case.consultations[:4]
    )
    barriers = tuple((change.row.text("area"), change.text or NONE) for change in case.barriers)
    parts = [
        Part("Zuständig", (), ("Wer", "von", "bis"), _responsible(case), (0.6, 0.2, 0.2)),
        Part("Person und Coaching", (*_facts(case.person, _CONTACT), *_facts(case.coaching, _RUNNING))),
        _listed("Offene Ziele", ("Ziel", "Stand", "fällig am", "offene Aufgaben"), goals, (0.5, 0.18, 0.14, 0.18)),
        _listed("Hemmnisse", ("Bereich", "Veränderung"), barriers, (0.5, 0.5)),
        _listed("Letzte Konsultationen", ("Datum", "Art", "Form", "Stand"), talks, (0.16, 0.32, 0.26, 0.26)),
    ]
    return _pdf(case, "Übergabe", f"Übergabe {case.person['case_number']}", parts, ("übergeben", "übernommen"))


def _responsible(case: CaseFile) -> tuple[tuple[str, ...], ...]:
    """Return who has the case from when to when: who had it last, who has it, and whom it goes back to."""
    ordered = sorted(case.assignments, key=lambda entry: (entry.row["valid_from"], entry.row.id))
    past = [entry for entry in ordered if entry.row["valid_to"] is not None and entry.row["valid_to"] < case.today]
    last = {entry.role: entry for entry in past}
    return tuple(
        (f"{entry.name} ({Role(entry.role).label})", _day(entry.row, "valid_from"), _day(entry.row, "valid_to"))
        for entry in ordered
        if entry not in past or entry is last[entry.role]
    )


def _listed(heading: str, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], shares: tuple[float, ...]) -> Part:
    """Return a table, or that there is nothing in it."""
    return Part(heading, (), heads, rows, shares) if rows else Part(heading, ("keine",))


def hand_over_sheets(vault: Vault, coaching_ids: Iterable[str], *, today: date) -> bytes:
    """Return the sheets of several cases in one document."""
    with pypdfium2.PdfDocument.new() as whole:
        for coaching_id in coaching_ids:
            with pypdfium2.PdfDocument(hand_over_sheet(read_case_file(vault, coaching_id, today=today))) as one:
                whole.import_pages(one)
        target = io.BytesIO()
        whole.save(target)
    return target.getvalue()


def survey_letter(row: SurveyRow, provider: str, today: date) -> bytes:
    """Return the letter that asks for an answer to the six-month survey."""
    statuses = tuple((f"[   ]  {status.label}",) for status in StatusOnDueDate)
    lines = (
        f"Berlin, {show_date(today)}",
        "",
        f"Guten Tag {row.name},",
        (
            f"Ihr Coaching bei uns endete am {show_date(row.exit_on)}. Wir fragen alle ein halbes Jahr später, wie es weiterging: Was "
            f"haben Sie am {show_date(row.due_on)} gemacht? Ihre Antwort ist freiwillig und hilft, das JobCoaching zu verbessern."
        ),
        "Bitte kreuzen Sie an und schicken Sie das Blatt zurück, oder rufen Sie uns an.",
    )
    content = CaseDocument(
        provider,
        "Wie geht es Ihnen heute?",
        row.name,
        f"{provider} · Nachbefragung",
        (
            Part(lines=lines),
            Part(f"Am {show_date(row.due_on)} war ich", (), ("",), statuses, (1.0,)),
            Part(lines=("Vielen Dank!", provider)),
        ),
    )
    return set_document(content)


def phone_script(row: SurveyRow, provider: str) -> bytes:
    """Return what to say and ask on the telephone, with room for the answers."""
    questions = (
        f"Guten Tag, hier ist {provider}. Spreche ich mit {row.name}? Passt es Ihnen gerade?",
        f"Ihr Coaching endete am {show_date(row.exit_on)}. Was haben Sie am {show_date(row.due_on)} gemacht?",
        "Wenn beschäftigt: Ist es noch derselbe Betrieb wie beim Ende des Coachings? Wie viele Stunden in der Woche?",
        "Können Sie uns einen Nachweis schicken (Vertrag, Lohnabrechnung)? Ihre eigene Angabe genügt sonst.",
        "Brauchen Sie noch etwas von uns? Vielen Dank und alles Gute!",
    )
    contact = ", ".join(part for part in (row.phone, row.email) if part) or "keine Kontaktdaten"
    rows = tuple((question, "") for question in questions)
    part = Part("", (contact,), ("Sagen und fragen", "Antwort"), rows, (0.6, 0.4))
    content = CaseDocument("Nachbefragung", "Leitfaden für den Anruf", row.name, f"Fallnummer {row.case_number}", (part,))
    return set_document(content)


def provider_of(connection: Connection, coaching_id: str) -> str:
    """Return the name of the coaching's provider."""
    coaching, provider = Coaching.__table__.c, Provider.__table__.c
    query = select(provider.name).join_from(Coaching.__table__, Provider.__table__, provider.id == coaching.provider_id)
    return str(connection.execute(query.where(coaching.id == coaching_id)).scalar() or "")


def _pdf(case: CaseFile, kind: str, title: str, parts: list[Part], signatures: tuple[str, ...] = ()) -> bytes:
    name = full_name(case.person.values)
    about = f"{name}, Fallnummer {case.person['case_number']}"
    footer = f"{case.provider} · {title} · Stand {show_date(case.today)}"
    warning = not_to_be_shown(case.switched_off)
    first = (Part(lines=(warning,)),) if warning else ()
    return set_document(CaseDocument(kind, title, about, footer, (*first, *parts), signatures))


def _facts(row: CaseRow, names: tuple[str, ...]) -> tuple[str, ...]:
    titles = fields_of(row.table)
    return tuple(f"{titles[name].title}: {row.text(name) or NONE}" for name in names)


def _day(row: CaseRow, name: str) -> str:
    return row.text(name) or NONE


def set_document(content: CaseDocument) -> bytes:
    """Return the document as PDF bytes."""
    from bjc_desktop.reports.case_documents import case_document_pdf  # noqa: PLC0415 - ReportLab is large, and few print

    return case_document_pdf(content)
