"""The tables, one module per subject. Importing the package registers all of them."""

from portal.models.accounts import (
    AccountLink,
    Identity,
    RecoveryCode,
    SecondFactor,
    SignInMethod,
    Throttle,
    UserSession,
)
from portal.models.activity import EventKind, ReaderEvent, RefusedEvent
from portal.models.audit import AuditEntry, AuditHead
from portal.models.documents import Document, DocumentTerm, Section, Status, Version, Visibility
from portal.models.intake import IntakeFailure, IntakeSource, MailedIn
from portal.models.jobs import JobRun, RunState, ScheduledJob, SchedulerLease
from portal.models.lifecycle import DocumentChange, ReviewPeriod
from portal.models.lists import (
    CoReadingModel,
    Dismissal,
    ListEntry,
    ListMark,
    ListName,
    OwnerKind,
    VersionText,
)
from portal.models.notices import Notice, NoticeKind
from portal.models.outbox import OutboxEntry
from portal.models.people import Role, Unit, User, UserIndustry
from portal.models.push import (
    Delivery,
    DeliveryState,
    DigestIssue,
    DigestItem,
    FeedAddress,
    FeedState,
    KnowledgeRequest,
    PushMark,
    RequestAsker,
    RequestState,
    SavedSearch,
    SavedSearchMatch,
)
from portal.models.queries import Search, SearchOpen
from portal.models.reach import Channel, NoticeChoice, Reach
from portal.models.slots import Slot, SlotAction, SlotCandidate, SlotChange
from portal.models.social import (
    Application,
    Comment,
    CommentMention,
    ErasedReading,
    Favourite,
    ProblemReport,
    Usefulness,
    UseOutcome,
)
from portal.models.statistics import FindTime, StatisticsPeriod, UseFigure
from portal.models.taxonomy import FACETS, Facet, TaxonomyTerm
from portal.models.tokens import ApiToken
from portal.models.uploads import (
    Fingerprint,
    FingerprintBand,
    PartialUpload,
    SeparateDocument,
)
from portal.models.vocabulary import LexiconWord, Synonym, SynonymGroup
from portal.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "FACETS",
    "AccountLink",
    "ApiToken",
    "Application",
    "AuditEntry",
    "AuditHead",
    "Channel",
    "CoReadingModel",
    "Comment",
    "CommentMention",
    "Delivery",
    "DeliveryState",
    "DigestIssue",
    "DigestItem",
    "Dismissal",
    "Document",
    "DocumentChange",
    "DocumentTerm",
    "ErasedReading",
    "EventKind",
    "Facet",
    "Favourite",
    "FeedAddress",
    "FeedState",
    "FindTime",
    "Fingerprint",
    "FingerprintBand",
    "Identity",
    "IntakeFailure",
    "IntakeSource",
    "JobRun",
    "KnowledgeRequest",
    "LexiconWord",
    "ListEntry",
    "ListMark",
    "ListName",
    "MailedIn",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "OutboxEntry",
    "OwnerKind",
    "PartialUpload",
    "ProblemReport",
    "PushMark",
    "Reach",
    "ReaderEvent",
    "RecoveryCode",
    "RefusedEvent",
    "RequestAsker",
    "RequestState",
    "ReviewPeriod",
    "Role",
    "RunState",
    "SavedSearch",
    "SavedSearchMatch",
    "ScheduledJob",
    "SchedulerLease",
    "Search",
    "SearchOpen",
    "SecondFactor",
    "Section",
    "SeparateDocument",
    "SignInMethod",
    "Slot",
    "SlotAction",
    "SlotCandidate",
    "SlotChange",
    "StatisticsPeriod",
    "Status",
    "Synonym",
    "SynonymGroup",
    "TaxonomyTerm",
    "Throttle",
    "Unit",
    "UseFigure",
    "UseOutcome",
    "Usefulness",
    "User",
    "UserIndustry",
    "UserSession",
    "Version",
    "VersionText",
    "Visibility",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]
