"""German free text of the sample: short, harmless and varied, put together from sentences."""

from bjc_desktop.sample.dice import Dice

FUNDING_CHANGE = "Aufstockung um eine Stelle für die Anleitung in der Werkstatt"
_GOALS: dict[str, tuple[str, ...]] = {
    "qualification": ("Staplerschein erwerben", "Teilqualifikation Lager beginnen", "Anerkennung des Abschlusses beantragen"),
    "language": ("Deutsch auf B1 verbessern", "Berufssprachkurs abschließen", "Fachwörter für die Küche sicher anwenden"),
    "health": ("Belastbarkeit auf sechs Stunden am Tag steigern", "Arbeitsplatz rückenschonend einrichten"),
    "mental_health": ("Regelmäßige Tagesstruktur aufbauen", "Beratungsstelle kennenlernen und Termin wahrnehmen"),
    "addiction": ("Kontakt zur Suchtberatung halten", "Selbsthilfegruppe regelmäßig besuchen"),
    "debt": ("Überblick über alle Forderungen gewinnen", "Ratenzahlung mit den Gläubigern vereinbaren"),
    "housing": ("Wohnsituation sichern", "Antrag auf Wohnberechtigungsschein stellen"),
    "family": ("Kinderbetreuung für die Arbeitszeit regeln", "Vereinbarkeit von Schichtdienst und Familie klären"),
    "care": ("Entlastung bei der Pflege der Mutter organisieren", "Pflegezeiten mit der Arbeit abstimmen"),
    "authorities": ("Unterlagen vollständig beim Jobcenter einreichen", "Post sortieren und fristgerecht beantworten"),
    "residence": ("Beschäftigungserlaubnis rechtzeitig verlängern", "Unterlagen für die Ausländerbehörde zusammenstellen"),
    "mobility": ("Arbeitsweg von bis zu 45 Minuten erproben", "Führerschein Klasse B vorbereiten"),
    "motivation": ("Drei eigene Stärken benennen und belegen", "Berufswunsch mit einem Schnuppertag überprüfen"),
    "work_behaviour": ("Pünktlich und regelmäßig im Einsatz erscheinen", "Pausen und Absprachen verlässlich einhalten"),
    "digital": ("E-Mail-Konto sicher nutzen", "Bewerbungen online versenden können"),
    "delinquency": ("Auflagen einhalten und mit der Bewährungshilfe abstimmen", "Umgang mit dem Führungszeugnis klären"),
    "application": ("Lebenslauf und Anschreiben fertigstellen", "Zwei Vorstellungsgespräche im Monat führen"),
    "other": ("Ehrenamt als Einstieg erproben", "Freizeit und Erholung bewusst planen"),
}
_TASKS: dict[str, tuple[str, ...]] = {
    "qualification": ("Beratung beim Bildungsträger vereinbaren", "Zeugnisse zusammensuchen und kopieren"),
    "language": ("Einstufungstest machen", "Zweimal in der Woche das Sprachcafé besuchen"),
    "health": ("Termin bei der Hausarztpraxis machen", "Übungen aus dem Rückenkurs täglich durchführen"),
    "mental_health": ("Wochenplan führen", "Telefonnummer der Beratungsstelle heraussuchen und anrufen"),
    "addiction": ("Erstgespräch bei der Beratungsstelle wahrnehmen", "Notfallplan aufschreiben"),
    "debt": ("Alle Briefe in einen Ordner heften", "Termin bei der Schuldnerberatung wahrnehmen"),
    "housing": ("Mietvertrag und Mahnungen mitbringen", "Beim Wohnungsamt vorsprechen"),
    "family": ("Kita-Gutschein beantragen", "Betreuung in den Ferien absprechen"),
    "care": ("Pflegestützpunkt anrufen", "Pflegegrad beantragen"),
    "authorities": ("Bescheid mitbringen und gemeinsam lesen", "Vollmacht unterschreiben"),
    "residence": ("Termin bei der Ausländerbehörde buchen", "Passbilder und Nachweise bereitlegen"),
    "mobility": ("Arbeitsweg einmal zur Probe fahren", "Sozialticket beantragen"),
    "motivation": ("Liste der bisherigen Tätigkeiten schreiben", "Schnuppertag im Betrieb vereinbaren"),
    "work_behaviour": ("Wecker und Fahrplan am Abend vorbereiten", "Fehlzeiten vor Beginn telefonisch melden"),
    "digital": ("Passwort zurücksetzen und notieren", "Anhang an eine E-Mail anfügen üben"),
    "delinquency": ("Erweitertes Führungszeugnis beantragen", "Termine der Bewährungshilfe eintragen"),
    "application": ("Drei Stellenanzeigen mitbringen", "Bewerbungsfoto machen lassen", "Lebenslauf überarbeiten"),
    "other": ("Zwei Angebote im Kiez anschauen", "Freiwilligenagentur besuchen"),
}
_OPENINGS = (
    "Aktuelle Lage besprochen.",
    "Stimmung gut, kam pünktlich.",
    "Kam etwas später, hatte sich aber gemeldet.",
    "Rückblick auf die letzten beiden Wochen.",
    "Gespräch in ruhiger Atmosphäre.",
    "Zunächst die offenen Aufgaben durchgegangen.",
    "Berichtet von Fortschritten im Einsatz.",
    "War heute müde, wollte aber nicht verschieben.",
    "Wirkt deutlich sicherer als zuletzt.",
    "Hat alle Unterlagen mitgebracht.",
    "Unterlagen fehlten noch zum Teil.",
    "Viele Fragen zum Bescheid.",
    "Freut sich über die Rückmeldung aus der Werkstatt.",
    "Erzählt von einem Gespräch mit der Vorarbeiterin.",
)
_FIRST_OPENINGS = (
    "Erstes Kennenlernen.",
    "Kam in Begleitung der Schwester.",
    "Kam auf Empfehlung aus der Maßnahme.",
    "Offenes, freundliches Gespräch.",
    "Zunächst zurückhaltend, dann offener.",
)
_CONTENTS: dict[str, tuple[str, ...]] = {
    "initial_interview": (
        "Programm und Freiwilligkeit erklärt, Einwilligungen besprochen.",
        "Beruflichen Werdegang aufgenommen, Wünsche gesammelt.",
        "Erwartungen geklärt und Rhythmus der Gespräche vereinbart.",
    ),
    "application": (
        "Lebenslauf gemeinsam überarbeitet.",
        "Anschreiben für eine Stelle im Lager formuliert.",
        "Vorstellungsgespräch geübt, gute Antworten auf Lücken gefunden.",
        "Drei passende Stellen herausgesucht.",
        "Bewerbung als Küchenhilfe abgeschickt.",
    ),
    "placement": (
        "Mit dem Betrieb telefoniert, Probearbeiten vereinbart.",
        "Arbeitszeiten und Arbeitsweg für die Stelle geprüft.",
        "Rückmeldung des Betriebs nach dem Probetag besprochen.",
    ),
    "crisis": (
        "Akute Sorge um die Wohnung, Beratungsstelle eingeschaltet.",
        "Streit im Einsatz geklärt, nächster Schritt vereinbart.",
        "Belastung zu Hause, Termine für zwei Wochen verringert.",
    ),
    "escort": (
        "Begleitung zum Jobcenter, Antrag vollständig abgegeben.",
        "Gemeinsam beim Betrieb vorgesprochen.",
        "Begleitung zur Schuldnerberatung, Termin verlief gut.",
    ),
    "interim_review": (
        "Entwicklungsplan durchgesehen, ein Ziel ist erreicht.",
        "Zwischenbilanz gezogen, Schwerpunkt liegt nun auf Bewerbungen.",
        "Ziele angepasst, Tempo herausgenommen.",
    ),
    "closing": (
        "Abschluss besprochen, Ergebnisse zusammengefasst.",
        "Rückblick auf das Coaching, nächste Schritte festgehalten.",
    ),
    "aftercare": ("Erste Wochen im Betrieb laufen gut.", "Fragen zur Lohnabrechnung geklärt.", "Schichtplan noch ungewohnt."),
    "follow_up_survey": ("Nach sechs Monaten befragt.", "Telefonisch zum heutigen Stand befragt."),
    "coaching": (
        "Über Stärken und bisherige Tätigkeiten gesprochen.",
        "Tagesstruktur und Schlaf angesprochen.",
        "Post vom Amt gemeinsam gelesen und geordnet.",
        "Möglichkeiten einer Teilqualifikation erläutert.",
        "Rückmeldung der Anleitung besprochen.",
        "Kinderbetreuung für die Frühschicht überlegt.",
        "Überblick über Ausgaben und Raten gewonnen.",
        "Deutschkurs und Lernzeiten besprochen.",
        "Umgang mit Absagen besprochen.",
        "Wunsch nach Arbeit im Freien genauer betrachtet.",
        "Selbsteinschätzung und Sicht der Anleitung verglichen.",
        "Anfahrt und Fahrtzeiten geplant.",
    ),
}
_AGREEMENTS = (
    "Nächster Termin in zwei Wochen.",
    "Bringt die Zeugnisse mit.",
    "Ruft bis Freitag im Betrieb an.",
    "Ich frage beim Jobcenter nach.",
    "Sucht selbst zwei Anzeigen heraus.",
    "Aufgabe bleibt bestehen.",
    "Bleibt am Sprachkurs dran.",
    "Absprache mit der Anleitung folgt.",
    "Wochenplan wird weitergeführt.",
    "Meldet sich nach dem Probetag.",
    "Keine weiteren Absprachen.",
)
_MISSED = (
    "Nicht erschienen, telefonisch nicht erreicht.",
    "Nicht gekommen, hat sich am Nachmittag gemeldet.",
    "Abgesagt wegen Erkältung, neuer Termin folgt.",
    "Abgesagt wegen eines Termins beim Amt.",
)
_STRENGTHS = (
    "geschickt im Umgang mit Werkzeug",
    "freundlich und hilfsbereit im Team",
    "sorgfältig bei wiederkehrenden Aufgaben",
    "belastbar und ausdauernd",
    "sicher im Umgang mit Kundschaft",
    "schnell in der Auffassung",
    "zuverlässig bei klaren Absprachen",
    "gestalterisch begabt",
)
_EXPERIENCE = (
    "mehrere Jahre in der Gastronomie",
    "Berufserfahrung im Lager und Versand",
    "angelernte Tätigkeiten auf dem Bau",
    "Ausbildung im Einzelhandel ohne Abschluss",
    "Arbeit in der Gebäudereinigung",
    "Pflege von Angehörigen",
    "selbständige Tätigkeit im Herkunftsland",
    "Helfertätigkeiten im Garten- und Landschaftsbau",
    "Erfahrung als Fahrer im Lieferdienst",
)
_NEEDS = (
    "Unterstützung bei Bewerbungen gewünscht",
    "braucht Zeit beim Lesen längerer Texte",
    "sucht eine Stelle in Teilzeit",
    "möchte einen Berufsabschluss nachholen",
    "wünscht sich eine feste Tagesstruktur",
    "Umgang mit dem Computer wird geübt",
)
WORKPLACES = (
    "Holzwerkstatt",
    "Küche",
    "Fahrradwerkstatt",
    "Garten",
    "Lager",
    "Nähwerkstatt",
    "Hausmeisterei",
    "Möbelaufbereitung",
)
_WORK: dict[str, tuple[str, ...]] = {
    "Holzwerkstatt": ("Regalböden zuschneiden", "Hocker schleifen und ölen", "Nistkästen montieren"),
    "Küche": ("Gemüse vorbereiten", "Mittagsausgabe", "Spülküche und Hygieneplan"),
    "Fahrradwerkstatt": ("Bremsen einstellen", "Laufräder zentrieren", "Schlauch und Mantel wechseln"),
    "Garten": ("Hecke schneiden", "Hochbeete anlegen", "Wege reinigen"),
    "Lager": ("Ware annehmen und zählen", "Bestellungen zusammenstellen", "Regale einräumen"),
    "Nähwerkstatt": ("Taschen zuschneiden", "Reißverschlüsse einnähen", "Stoffe sortieren"),
    "Hausmeisterei": ("Kleine Reparaturen", "Wände streichen", "Schließrunde und Kontrolle"),
    "Möbelaufbereitung": ("Schränke aufbauen", "Oberflächen reinigen", "Spenden begutachten"),
}
_SEEN = (
    "Arbeitet ruhig und genau, fragt bei Unklarheiten nach.",
    "Beginnt zügig, braucht nach einer Stunde eine Pause.",
    "Hilft anderen unaufgefordert.",
    "Hält Absprachen ein, meldet fertige Arbeit zurück.",
    "Lässt sich leicht ablenken, findet aber zurück.",
    "Ergebnis sauber, Tempo noch langsam.",
    "Geht sicher mit den Maschinen um.",
    "Wirkt unter Zeitdruck unsicher.",
    "Übernimmt die Anleitung einer neuen Person.",
    "Plant die Schritte selbständig.",
)
_ACTIONS = (
    "Aufgaben in kleinere Schritte teilen.",
    "Mehr Verantwortung in der Gruppe übertragen.",
    "Pausen gemeinsam planen.",
    "Arbeitsprobe in vier Wochen wiederholen.",
    "Im Coaching über passende Berufe sprechen.",
    "Schriftliche Anleitung mit Bildern bereitstellen.",
    "Praktikum im Betrieb vorbereiten.",
)
_WAIVED = (
    "Kontakt abgebrochen, zwei Einladungen blieben ohne Antwort.",
    "Umzug kurzfristig, Abschlussgespräch nicht mehr möglich.",
    "Arbeitsaufnahme sofort, kein Termin mehr gewünscht.",
    "Längerer Aufenthalt in einer Klinik.",
)
_EMPLOYERS = (
    "Bäckerei Kornblume",
    "Spedition Havelkurier GmbH",
    "Reinigung Klarwasser GmbH",
    "Hotel Am Nordgraben",
    "Seniorenhaus Lindenblick",
    "Gartenbau Grünspan",
    "Markthalle Süd eG",
    "Elektro Funkenflug GmbH",
    "Kita Purzelbaum e. V.",
    "Malerbetrieb Farbenfroh",
    "Restaurant Zum Alten Kahn",
    "Lagerhaus Panke GmbH",
    "Werkstatt Radschlag",
    "Gebäudedienst Ostkreuz KG",
    "Friseursalon Haargenau",
    "Druckerei Bleisatz",
)
_SCHOOLS = (
    "Bildungswerk Panke",
    "Akademie Spreebogen",
    "Lernwerk Nord gGmbH",
    "Volkshochschule",
    "Fachschule Wendekreis",
    "Sprachwerk Süd",
)


def goal(dice: Dice, area: str) -> str:
    """Return the description of a goal in *area*."""
    return dice.pick(_GOALS[area])


def task(dice: Dice, area: str) -> str:
    """Return the description of a task in *area*."""
    return dice.pick(_TASKS[area])


def consultation_note(dice: Dice, kind: str) -> str:
    """Return the note of a consultation of *kind* that was held."""
    openings = _FIRST_OPENINGS if kind == "initial_interview" else _OPENINGS
    return f"{dice.pick(openings)} {dice.pick(_CONTENTS[kind])} {dice.pick(_AGREEMENTS)}"


def missed_note(dice: Dice) -> str:
    """Return the note of a consultation that was not held."""
    return dice.pick(_MISSED)


def profile(dice: Dice) -> str:
    """Return the summary of a competence profile."""
    first, second = dice.several(_STRENGTHS, 2)
    experience = dice.pick(_EXPERIENCE)
    return f"{experience[0].upper()}{experience[1:]}; {first}, {second}; {dice.pick(_NEEDS)}."


def workplace_and_task(dice: Dice) -> tuple[str, str]:
    """Return a workplace and what is done there."""
    place = dice.pick(WORKPLACES)
    return place, dice.pick(_WORK[place])


def observation(dice: Dice) -> str:
    """Return what a trainer observed."""
    return " ".join(dice.several(_SEEN, dice.between(1, 2)))


def action(dice: Dice) -> str:
    """Return what a trainer derives from an observation."""
    return dice.pick(_ACTIONS)


def waived_reason(dice: Dice) -> str:
    """Return why a coaching ended without interview and report."""
    return dice.pick(_WAIVED)


def employer(dice: Dice) -> str:
    """Return the name of an employer."""
    return dice.pick(_EMPLOYERS)


def school(dice: Dice) -> str:
    """Return the name of an educational institution."""
    return dice.pick(_SCHOOLS)
