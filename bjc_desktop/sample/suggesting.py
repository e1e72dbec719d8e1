"""What the sample's trainers suggest to the coaches, and what became of it."""

from collections.abc import Iterator

from bjc_desktop.sample.days import DAY, iso, weekday, weekday_between
from bjc_desktop.sample.dice import Dice, Weighted
from bjc_desktop.sample.sample_cases import Case
from bjc_desktop.sample.sample_coachings import trainer_from
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, table_row

_STATES = Weighted({"accepted": 70.0, "declined": 30})
_WORDS = {
    "goal": (
        "Ziel: einen Vormittag ohne zusätzliche Pause durchhalten.",
        "Ziel: Arbeitsbeginn an fünf Tagen in Folge einhalten.",
        "Ziel: eine Bewerbung für das Lager, dort liegen die Stärken.",
    ),
    "task": (
        "Als Aufgabe vereinbaren: den Weg zur Werkstatt einmal zur Probe fahren.",
        "Als Aufgabe vereinbaren: Fachwörter der Woche in ein Heft schreiben.",
    ),
    "competence_profile": (
        "Arbeitet sehr genau mit kleinen Teilen; das fehlt im Profil.",
        "Leitet andere ruhig an, das gehört ins Kompetenzprofil.",
    ),
    "barrier": ("Rückenschmerzen nach zwei Stunden Stehen; bitte beim Hemmnis Gesundheit ansehen.",),
    "measure": ("Ein Gabelstaplerschein wäre erreichbar und gefragt.", "Berufssprachkurs B1, die Anweisungen gehen noch unter."),
    "work_task": (
        "Kommissionieren nach Liste passt gut.",
        "Fahrräder prüfen und einstellen, gern eigenständig.",
        "Empfang am Vormittag.",
    ),
}
_ANSWERS = {
    "accepted": ("Im nächsten Gespräch aufgenommen.", "Steht im Plan."),
    "declined": ("Zurzeit zu früh.", "Möchte die Person nicht."),
}
_OPEN_DAYS = 12


def suggestion_rows(case: Case, _shape: SampleShape, dice: Dice) -> Iterator[TableRow]:
    """Yield the suggestions of a coaching's trainer; those of the last days are not answered yet."""
    if case.cancelled or case.trainer is None:
        return
    first = trainer_from(case)
    for _ in range(dice.between(0, 2)):
        made = weekday_between(dice, first, case.last)
        kind = dice.pick(tuple(_WORDS))
        state = "open" if case.exit is None and (case.last - made).days < _OPEN_DAYS else dice.draw(_STATES)
        answered = None if state == "open" else weekday(made + dice.between(1, _OPEN_DAYS) * DAY, made, case.last)
        yield table_row(
            "suggestions",
            id=dice.uuid(),
            coaching_id=case.id,
            staff_id=case.trainer.id,
            made_on=iso(made),
            kind=kind,
            description=dice.pick(_WORDS[kind]),
            state=state,
            answered_on=iso(answered),
            answer="" if state == "open" else dice.pick(_ANSWERS[state]),
        )
