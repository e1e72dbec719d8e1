"""The value lists: English key, German label, in the order in which they are shown.

Source: the data package's specification and the seed document (Drucksache 19/23 355): the target groups are those of its
answer 11, the ways in which a job was found those of its question 12.
"""

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """A value list: each member is its English key and carries a German label."""

    label: str

    def __new__(cls, key: str, label: str = "") -> Self:
        """Make a member from its key and its German label."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.label = label
        return member


class Role(Vocabulary):
    """What a user or a member of staff does."""

    JOB_COACH = "job_coach", "JobCoach"
    EMPLOYMENT_TRAINER = "employment_trainer", "Beschäftigungstrainer*in"
    COORDINATION = "coordination", "Koordination"
    ADMINISTRATION = "administration", "Verwaltung"


class IndicatorCode(Vocabulary):
    """The six indicators by their short names, for choosing one."""

    A1_1 = "a1_1", "A1.1"
    A1_2 = "a1_2", "A1.2"
    A4 = "a4", "A4"
    CONSULTATIONS_PER_HOUR = "consultations_per_hour", "Konsultationen je Std."
    CORRECTLY_CLOSED = "correctly_closed", "korrekt abgeschlossen"
    MEASURE_LINK = "measure_link", "Maßnahmebezug"


class ShortfallReason(Vocabulary):
    """Why an indicator stays below its target (the seed's answer 10 names the first three)."""

    STAFF_CHANGE = "staff_change", "Personalwechsel"
    ILLNESS = "illness", "Krankheit"
    TRAINING_NEED = "training_need", "Schulungsbedarf"
    VACANCY = "vacancy", "unbesetzte Stelle"
    PARTICIPANTS = "participants", "Zusammensetzung der Teilnehmenden"
    LABOUR_MARKET = "labour_market", "Lage am Arbeitsmarkt"
    MEASURES = "measures", "Maßnahmen weggefallen oder geändert"
    OTHER = "other", "anderer Grund"


class QualificationKind(Vocabulary):
    """Qualifications of staff (the seed's answers 3 and 7)."""

    UNIVERSITY_DEGREE = "university_degree", "Hochschulstudium"
    EXPERT_KNOWLEDGE = "expert_knowledge", "gründliche und umfassende Fachkenntnisse"
    JOB_BROKER = "job_broker", "Curriculum Job Broker"
    JOBCOACH_MODULES_1_5 = "jobcoach_modules_1_5", "JobCoaches-Ausbildung, Module 1–5"
    JOBCOACH_MODULE_6_THESIS = "jobcoach_module_6_thesis", "JobCoaches-Ausbildung, Modul 6 (Abschlussarbeit)"
    COACHING_EXPERIENCE = "coaching_experience", "Erfahrung als Coach"
    VOCATIONAL_TRAINING = "vocational_training", "Berufsausbildung (mindestens drei Jahre)"
    WORK_EXPERIENCE = "work_experience", "Berufserfahrung"
    AEVO = "aevo", "Ausbildereignung (AEVO)"
    AEVO_EQUIVALENT = "aevo_equivalent", "der AEVO vergleichbare Qualifikation"
    FURTHER_TRAINING = "further_training", "Weiterbildung"


class Gender(Vocabulary):
    """Gender as stated by the person."""

    FEMALE = "female", "weiblich"
    MALE = "male", "männlich"
    DIVERSE = "diverse", "divers"
    NOT_STATED = "not_stated", "keine Angabe"


class GermanLevel(Vocabulary):
    """Level of German (CEFR)."""

    A1 = "a1", "A1"
    A2 = "a2", "A2"
    B1 = "b1", "B1"
    B2 = "b2", "B2"
    C1 = "c1", "C1"
    C2 = "c2", "C2"
    NATIVE = "native", "Erstsprache"


class ConsentPurpose(Vocabulary):
    """What a coachee consents to."""

    PARTICIPATION = "participation", "Teilnahme"
    REPORTING = "reporting", "Berichtswesen"
    HEALTH_DATA = "health_data", "Gesundheitsdaten"
    JOBCENTER_CONTACT = "jobcenter_contact", "Austausch mit dem Jobcenter"
    EMPLOYER_CONTACT = "employer_contact", "Kontakt zu Arbeitgebenden"
    FOLLOW_UP = "follow_up", "Nachbefragung"


class TargetGroup(Vocabulary):
    """The six target groups (the seed's answer 11, in its order)."""

    LONG_TERM_UNEMPLOYED_IN_MEASURE = "long_term_unemployed_in_measure", "Langzeitarbeitslose in einer Maßnahme"
    MINI_JOBBER_4_YEARS = "mini_jobber_4_years", "Mini-Jobber*innen mit vier Jahren SGB-II-Bezug"
    LONG_TERM_UNEMPLOYED_WITHOUT_MEASURE = "long_term_unemployed_without_measure", "Langzeitarbeitslose (SGB II) ohne Maßnahme"
    PROGRAMME_PARTICIPANT = "programme_participant", "Teilnehmende aus Programmen (FSJ, FÖJ, BFD …)"
    REFUGEE = "refugee", "Asylsuchende, Geflüchtete und Geduldete"
    HOMELESS = "homeless", "Obdachlose"


class LegalCircle(Vocabulary):
    """The legal circle (Rechtskreis) a person belongs to."""

    SGB2 = "sgb2", "SGB II"
    SGB3 = "sgb3", "SGB III"
    ASYLBLG = "asylblg", "AsylbLG"
    SGB12 = "sgb12", "SGB XII"
    NONE = "none", "keiner"


class AccessRoute(Vocabulary):
    """How a coachee came to the coaching."""

    OWN_MEASURE = "own_measure", "eigene Maßnahme"
    JOBCENTER = "jobcenter", "Jobcenter"
    COUNSELLING_SERVICE = "counselling_service", "Beratungsstelle"
    SELF_INITIATIVE = "self_initiative", "Eigeninitiative"
    RECOMMENDATION = "recommendation", "Empfehlung"
    EVENT = "event", "Veranstaltung"
    OTHER = "other", "Sonstiges"


class ExitReason(Vocabulary):
    """Why a coaching ended."""

    GOAL_EMPLOYMENT = "goal_employment", "Ziel erreicht: Beschäftigung"
    GOAL_TRAINING = "goal_training", "Ziel erreicht: Ausbildung"
    GOAL_QUALIFICATION = "goal_qualification", "Ziel erreicht: Qualifizierung"
    PLANNED_END = "planned_end", "planmäßiges Ende"
    MEASURE_ENDED = "measure_ended", "Maßnahme beendet"
    DROPOUT_COACHEE = "dropout_coachee", "Abbruch durch Coachee"
    CONTACT_LOST = "contact_lost", "Kontakt verloren"
    DROPOUT_PROVIDER = "dropout_provider", "Abbruch durch Träger"
    MOVED = "moved", "Umzug"
    HEALTH = "health", "Gesundheit"
    RETIREMENT = "retirement", "Rente"
    CARE = "care", "Pflege oder Betreuung"
    IMPRISONMENT = "imprisonment", "Haft"
    DECEASED = "deceased", "verstorben"
    CHANGED_PROVIDER = "changed_provider", "Trägerwechsel"
    OTHER = "other", "Sonstiges"


class StatusAtExit(Vocabulary):
    """The person's status on the coaching's last day."""

    EMPLOYED = "employed", "beschäftigt"
    IN_TRAINING = "in_training", "in Ausbildung"
    IN_QUALIFICATION = "in_qualification", "in Qualifizierung"
    MINIJOB = "minijob", "Minijob"
    SUBSIDISED = "subsidised", "gefördert beschäftigt"
    UNEMPLOYED = "unemployed", "arbeitslos"
    INACTIVE = "inactive", "nicht erwerbstätig"
    UNKNOWN = "unknown", "unbekannt"


class MeasureKind(Vocabulary):
    """Kinds of measures; which of them link is said by the indicator."""

    AGH_16D = "agh_16d", "AGH § 16d SGB II"
    EMPLOYMENT_16E = "employment_16e", "§ 16e SGB II"
    EMPLOYMENT_16I = "employment_16i", "§ 16i SGB II"
    EMPLOYMENT_16I_BIB = "employment_16i_bib", "§ 16i SGB II (BiB)"
    FURTHER_TRAINING_81 = "further_training_81", "FbW § 81 SGB III"
    VOLUNTARY_BFD = "voluntary_bfd", "BFD"
    VOLUNTARY_FSJ = "voluntary_fsj", "FSJ"
    VOLUNTARY_FOEJ = "voluntary_foej", "FÖJ"
    STATE_PROGRAMME = "state_programme", "Landesprogramm"
    ESF_PROJECT = "esf_project", "ESF-Projekt"
    INTEGRATION_COURSE = "integration_course", "Integrationskurs"
    VOCATIONAL_LANGUAGE_COURSE = "vocational_language_course", "Berufssprachkurs"
    ACTIVATION_45 = "activation_45", "Aktivierung § 45 SGB III"
    COACHING_16K = "coaching_16k", "Coaching § 16k SGB II"


class LifeArea(Vocabulary):
    """Areas of barriers and goals."""

    QUALIFICATION = "qualification", "Qualifikation"
    LANGUAGE = "language", "Sprache"
    HEALTH = "health", "Gesundheit"
    MENTAL_HEALTH = "mental_health", "psychische Gesundheit"
    ADDICTION = "addiction", "Sucht"
    DEBT = "debt", "Schulden"
    HOUSING = "housing", "Wohnen"
    FAMILY = "family", "Familie"
    CARE = "care", "Pflege und Betreuung"
    AUTHORITIES = "authorities", "Behörden"
    RESIDENCE = "residence", "Aufenthalt"
    MOBILITY = "mobility", "Mobilität"
    MOTIVATION = "motivation", "Motivation"
    WORK_BEHAVIOUR = "work_behaviour", "Arbeitsverhalten"
    DIGITAL = "digital", "digitale Kompetenz"
    DELINQUENCY = "delinquency", "Straffälligkeit"
    APPLICATION = "application", "Bewerbung"
    OTHER = "other", "Sonstiges"


HEALTH_AREAS = frozenset({LifeArea.HEALTH.value, LifeArea.MENTAL_HEALTH.value, LifeArea.ADDICTION.value})
"""The areas of life in which a barrier says something about health (Art. 9 GDPR)."""


class OverallGoal(Vocabulary):
    """The overall goal of a development plan."""

    FIRST_LABOUR_MARKET = "first_labour_market", "1. Arbeitsmarkt"
    TRAINING = "training", "Ausbildung"
    QUALIFICATION = "qualification", "Qualifizierung"
    STABILISATION = "stabilisation", "Stabilisierung"
    OPEN = "open", "offen"


class GoalStatus(Vocabulary):
    """How far a goal has come; the last four are end statuses."""

    OPEN = "open", "offen"
    IN_PROGRESS = "in_progress", "in Arbeit"
    ACHIEVED = "achieved", "erreicht"
    PARTLY_ACHIEVED = "partly_achieved", "teilweise erreicht"
    NOT_ACHIEVED = "not_achieved", "nicht erreicht"
    DROPPED = "dropped", "aufgegeben"


GOAL_END_STATUSES = (GoalStatus.ACHIEVED, GoalStatus.PARTLY_ACHIEVED, GoalStatus.NOT_ACHIEVED, GoalStatus.DROPPED)


class Responsible(Vocabulary):
    """Who does an agreed task."""

    COACHEE = "coachee", "Coachee"
    JOB_COACH = "job_coach", "JobCoach"
    EMPLOYMENT_TRAINER = "employment_trainer", "Beschäftigungstrainer*in"
    THIRD_PARTY = "third_party", "Dritte"


class Channel(Vocabulary):
    """How a consultation was held."""

    IN_PERSON = "in_person", "persönlich"
    OUTREACH = "outreach", "aufsuchend"
    PHONE = "phone", "telefonisch"
    VIDEO = "video", "Video"
    WRITTEN = "written", "schriftlich"


class ConsultationSetting(Vocabulary):
    """Who took part in a consultation."""

    SINGLE = "single", "Einzelgespräch"
    GROUP = "group", "Gruppe"
    EMPLOYER = "employer", "mit Arbeitgeber"
    AUTHORITY = "authority", "mit Behörde"


class ConsultationKind(Vocabulary):
    """What a consultation was about."""

    INITIAL_INTERVIEW = "initial_interview", "Erstgespräch"
    COACHING = "coaching", "Coaching"
    APPLICATION = "application", "Bewerbung"
    PLACEMENT = "placement", "Vermittlung"
    CRISIS = "crisis", "Krise"
    ESCORT = "escort", "Begleitung"
    INTERIM_REVIEW = "interim_review", "Zwischenbilanz"
    CLOSING = "closing", "Abschlussgespräch"
    AFTERCARE = "aftercare", "Nachbetreuung"
    FOLLOW_UP_SURVEY = "follow_up_survey", "Sechs-Monats-Befragung"


class ConsultationStatus(Vocabulary):
    """What became of a consultation."""

    PLANNED = "planned", "geplant"
    HELD = "held", "durchgeführt"
    CANCELLED_BY_COACHEE = "cancelled_by_coachee", "von Coachee abgesagt"
    NO_SHOW = "no_show", "nicht erschienen"
    CANCELLED_BY_PROVIDER = "cancelled_by_provider", "vom Träger abgesagt"


class ObservationMethod(Vocabulary):
    """How a trainer observed."""

    FREE = "free", "freie Beobachtung"
    STRUCTURED_FORM = "structured_form", "Beobachtungsbogen"
    WORK_SAMPLE = "work_sample", "Arbeitsprobe"
    SELF_ASSESSMENT = "self_assessment", "Selbsteinschätzung"
    CONVERSATION = "conversation", "Gespräch"


class SuggestionKind(Vocabulary):
    """What a trainer's suggestion is for."""

    GOAL = "goal", "Ziel im Entwicklungsplan"
    TASK = "task", "Aufgabe zu einem Ziel"
    COMPETENCE_PROFILE = "competence_profile", "Kompetenzprofil"
    BARRIER = "barrier", "Vermittlungshemmnis"
    MEASURE = "measure", "Maßnahme oder Hilfe"
    WORK_TASK = "work_task", "passende Arbeitsaufgabe"


class SuggestionState(Vocabulary):
    """What the coach made of a suggestion."""

    OPEN = "open", "offen"
    ACCEPTED = "accepted", "übernommen"
    DECLINED = "declined", "nicht übernommen"


class OutcomeKind(Vocabulary):
    """Kinds of outcomes; what each counts for is said by the indicators."""

    EMPLOYMENT_PERMANENT = "employment_permanent", "svp. Beschäftigung, unbefristet"
    EMPLOYMENT_FIXED_TERM = "employment_fixed_term", "svp. Beschäftigung, befristet (auch Zeitarbeit)"
    EMPLOYMENT_SUBSIDISED = "employment_subsidised", "svp. Beschäftigung mit EGZ, § 16e SGB II oder Landeszuschuss"
    SELF_EMPLOYMENT = "self_employment", "Selbständigkeit, hauptberuflich"
    DUAL_TRAINING = "dual_training", "betriebliche Berufsausbildung"
    MINIJOB = "minijob", "Minijob (geringfügig entlohnt)"
    SHORT_TERM_EMPLOYMENT = "short_term_employment", "kurzfristige Beschäftigung"
    EMPLOYMENT_16I = "employment_16i", "§ 16i SGB II (auch BiB)"
    WORK_OPPORTUNITY_16D = "work_opportunity_16d", "AGH § 16d SGB II"
    VOLUNTARY_SERVICE = "voluntary_service", "BFD, FSJ oder FÖJ"
    INTERNSHIP = "internship", "Praktikum oder EQ"
    RETRAINING = "retraining", "Umschulung"
    CERTIFIED_FURTHER_TRAINING = "certified_further_training", "FbW mit Abschluss oder Zertifikat (§ 81 SGB III)"
    PARTIAL_QUALIFICATION = "partial_qualification", "Teilqualifikation"
    EXTERNAL_EXAM_PREPARATION = "external_exam_preparation", "Vorbereitung auf die Externenprüfung"
    SCHOOL_BASED_TRAINING = "school_based_training", "schulische oder außerbetriebliche Ausbildung"
    SCHOOL_LEAVING_CERTIFICATE = "school_leaving_certificate", "Nachholen eines Schulabschlusses"
    UNIVERSITY_STUDIES = "university_studies", "Studium"
    INTEGRATION_COURSE = "integration_course", "Integrationskurs"
    VOCATIONAL_LANGUAGE_COURSE = "vocational_language_course", "Berufssprachkurs"
    ACTIVATION_MEASURE = "activation_measure", "Aktivierung (§ 45 SGB III, AVGS)"
    SHORT_COURSE = "short_course", "Kurzlehrgang"


class StatusOnDueDate(Vocabulary):
    """The person's status six months after the exit: an outcome, or none."""

    # An enumeration with members cannot be extended: the outcomes are added from their own list, so both stay the same.
    _ignore_ = ["kind"]  # noqa: RUF012 - the enum machinery reads this name
    for kind in OutcomeKind:
        locals()[kind.name] = kind.value, kind.label
    UNEMPLOYED = "unemployed", "arbeitslos"
    INACTIVE = "inactive", "nicht erwerbstätig"
    UNKNOWN = "unknown", "unbekannt"


class EvidenceKind(Vocabulary):
    """What proves an outcome."""

    EMPLOYMENT_CONTRACT = "employment_contract", "Arbeitsvertrag"
    PAYSLIP = "payslip", "Lohnabrechnung"
    EMPLOYER_STATEMENT = "employer_statement", "Bestätigung durch Arbeitgeber"
    CERTIFICATE = "certificate", "Zeugnis oder Zertifikat"
    ENROLMENT_CONFIRMATION = "enrolment_confirmation", "Anmelde- oder Teilnahmebestätigung"
    SELF_REPORT_PHONE = "self_report_phone", "eigene Angabe, telefonisch"
    SELF_REPORT_WRITTEN = "self_report_written", "eigene Angabe, schriftlich"


class FoundThrough(Vocabulary):
    """How a job was found (the seed's question 12)."""

    PERSONAL_CONTACT_COACH = "personal_contact_coach", "persönlicher Kontakt des Coaches"
    PERSONAL_CONTACT_COACHEE = "personal_contact_coachee", "persönlicher Kontakt der oder des Coachee"
    WEB_SEARCH = "web_search", "Webrecherche"
    KQF_EVENT = "kqf_event", "Veranstaltung der KQF"
    EMPLOYER_OUTREACH = "employer_outreach", "Akquise bei Arbeitgebenden"
    JOBCENTER = "jobcenter", "Jobcenter"
    OTHER = "other", "Sonstiges"


class FollowUpState(Vocabulary):
    """What became of the six-month survey."""

    SURVEYED = "surveyed", "befragt"
    NOT_REACHED = "not_reached", "nicht erreicht"
    REFUSED = "refused", "Auskunft verweigert"
    NOT_APPLICABLE = "not_applicable", "entfällt"


class RequestKind(Vocabulary):
    """What a person may ask for about their own data (Art. 15, 16, 17, 18 GDPR)."""

    ACCESS = "access", "Auskunft"
    CORRECTION = "correction", "Berichtigung"
    ERASURE = "erasure", "Löschung"
    RESTRICTION = "restriction", "Einschränkung"


class DistinctReason(Vocabulary):
    """Why two files that are alike are of two people."""

    NAMESAKES = "namesakes", "zufällig gleicher Name"
    SIBLINGS = "siblings", "Geschwister oder Familie"
    DOCUMENTS = "documents", "Unterlagen verglichen"
    OTHER = "other", "anderer Grund"


class ErasureDepth(Vocabulary):
    """How much of a person, or of a coaching, was erased."""

    PERSON = "person", "alles gelöscht"
    FACTS = "facts", "ohne Person weiter gezählt"
    CONTACT = "contact", "Kontaktdaten gelöscht"
    TEXTS = "texts", "Freitexte und Notizen gelöscht"
    STAFF = "staff", "Name im Personal gelöscht"
    HEALTH = "health", "Gesundheitsdaten gelöscht"


class ErasureOccasion(Vocabulary):
    """Why something was erased."""

    REQUEST = "request", "auf Antrag"
    RETENTION = "retention", "Löschlauf"
    RESTORE = "restore", "nach einer Wiederherstellung"


class PartnerKind(Vocabulary):
    """Whose vault it is that files are exchanged with."""

    OFFICE = "office", "Koordination des Trägers"
    COACH = "coach", "JobCoach"
    TRAINER = "trainer", "Beschäftigungstrainer*in"
