"""What the values of an observation mean: an anchor for each dimension and each value, so that two trainers say the same by a 3.

The dimensions are those of Drucksache 19/23 355, answer 7; the anchors are this project's own.
"""

from collections.abc import Mapping

ANCHORS: Mapping[str, tuple[str, str, str, str, str]] = {
    "work_behaviour": (
        "beginnt Aufgaben nur auf Aufforderung, kommt oft zu spät",
        "braucht häufig Erinnerung und Kontrolle",
        "meist pünktlich, führt vertraute Aufgaben nach Anleitung aus",
        "zuverlässig und sorgfältig, arbeitet Vertrautes selbstständig ab",
        "plant selbst, sieht Arbeit und prüft das Ergebnis",
    ),
    "social_behaviour": (
        "zieht sich zurück oder gerät häufig in Streit",
        "braucht im Umgang mit anderen Vermittlung",
        "kommt mit Vertrauten aus, nimmt Kritik mit Hilfe an",
        "arbeitet im Team mit und hält Absprachen ein",
        "unterstützt andere und löst Konflikte selbst",
    ),
    "resilience": (
        "bricht bei geringem Druck ab, hält weniger als eine Stunde durch",
        "hält etwa einen halben Tag mit vielen Pausen durch",
        "hält einen halben Tag mit üblichen Pausen durch",
        "hält einen ganzen Tag bei gleichmäßiger Belastung durch",
        "bleibt auch bei Zeitdruck und Störungen über Tage belastbar",
    ),
    "concentration": (
        "lässt sich nach wenigen Minuten ablenken",
        "bleibt etwa eine Viertelstunde bei der Sache",
        "bleibt bei vertrauten Aufgaben etwa eine Stunde bei der Sache",
        "arbeitet mehrere Stunden aufmerksam, mit wenigen Fehlern",
        "arbeitet auch bei neuen Aufgaben und Lärm genau",
    ),
    "motor_skills": (
        "handhabt Werkzeug und Material noch nicht sicher",
        "erledigt grobe Arbeiten mit Hilfe",
        "erledigt grobe Arbeiten sicher, feine mit Hilfe",
        "erledigt feine Arbeiten sicher und in angemessener Zeit",
        "arbeitet geschickt und zügig, auch mit ungewohntem Werkzeug",
    ),
}
"""By dimension: what 1, 2, 3, 4 and 5 stand for."""


def anchor(dimension: str, value: int) -> str:
    """Return what *value* (1 to 5) means on *dimension*."""
    return ANCHORS[dimension][value - 1]
