"""The entities of the vault: SQLAlchemy typed declarative, one subject per module."""

from bjc_desktop.models.acknowledgements import Acknowledgement
from bjc_desktop.models.base import Base, add_domain_checks
from bjc_desktop.models.coachee_keys import CoacheeKey
from bjc_desktop.models.coachees import Coachee, Consent
from bjc_desktop.models.coachings import Coaching, CoachingStaff, Measure
from bjc_desktop.models.consultations import Consultation, Observation, Suggestion
from bjc_desktop.models.exchange import ExchangeFile, ExchangePartner, HeldVersion, RowStamp
from bjc_desktop.models.joined_people import DistinctPeople, JoinedPerson
from bjc_desktop.models.list_layouts import ListLayout
from bjc_desktop.models.outcomes import FollowUp, Outcome
from bjc_desktop.models.plans import Barrier, CompetenceProfile, DevelopmentPlan, Goal, Task
from bjc_desktop.models.privacy import Erasure, LegalHold, PrivacyRequest, RetentionSetting
from bjc_desktop.models.providers import FundingChange, FundingDecision, Provider
from bjc_desktop.models.records import ChangeRecord, Draft, PersonKey, User, UserStaff, VaultFact
from bjc_desktop.models.reporting import FeedbackTalk, IndicatorSetting, ReleasedReport, ReportStatement, Target
from bjc_desktop.models.staff import RequirementConfirmation, Staff, StaffQualification, WorkingTime

add_domain_checks(Base.metadata)

PACKAGED = (
    Provider,
    FundingDecision,
    FundingChange,
    Staff,
    StaffQualification,
    WorkingTime,
    Coachee,
    Consent,
    Coaching,
    CoachingStaff,
    Measure,
    CompetenceProfile,
    Barrier,
    DevelopmentPlan,
    Goal,
    Task,
    Consultation,
    Observation,
    Suggestion,
    Outcome,
    FollowUp,
)
"""The entities of a data package, parents before children: the order in which they are written and read."""

__all__ = [
    "PACKAGED",
    "Acknowledgement",
    "Barrier",
    "Base",
    "ChangeRecord",
    "Coachee",
    "CoacheeKey",
    "Coaching",
    "CoachingStaff",
    "CompetenceProfile",
    "Consent",
    "Consultation",
    "DevelopmentPlan",
    "DistinctPeople",
    "Draft",
    "Erasure",
    "ExchangeFile",
    "ExchangePartner",
    "FeedbackTalk",
    "FollowUp",
    "FundingChange",
    "FundingDecision",
    "Goal",
    "HeldVersion",
    "IndicatorSetting",
    "JoinedPerson",
    "LegalHold",
    "ListLayout",
    "Measure",
    "Observation",
    "Outcome",
    "PersonKey",
    "PrivacyRequest",
    "Provider",
    "ReleasedReport",
    "ReportStatement",
    "RequirementConfirmation",
    "RetentionSetting",
    "RowStamp",
    "Staff",
    "StaffQualification",
    "Suggestion",
    "Target",
    "Task",
    "User",
    "UserStaff",
    "VaultFact",
    "WorkingTime",
]
