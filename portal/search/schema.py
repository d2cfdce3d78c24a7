"""The Whoosh schema: one Whoosh document for each section of a document's current version."""

from whoosh import columns, fields, formats

from portal.text import Segmenter

SCHEMA_VERSION = "5"
WORD_FIELDS = ("body", "title")
CODE_FIELDS = (
    "industry",
    "work_type",
    "stage",
    "library",
    "kind",
    "product",
    "format",
    "year",
    "author",
    "audience",
)


class Tokens(fields.FieldType):  # type: ignore[misc]  # Whoosh has no types
    """Tokens that arrive already counted; a term's frequency is its posting's weight.

    Segmentation happens before Whoosh sees the text, so there is no analyzer, and neither positions
    nor lengths are stored: phrases are checked against the text itself and lengths lie in a column
    of their own.
    """

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None
        self.vector = None
        self.scorable = False
        self.stored = False
        self.unique = False
        self.indexed = True
        self.column_type = None


def make_schema() -> fields.Schema:
    """The schema of a new index."""
    words = {name: Tokens() for name in (*WORD_FIELDS, *CODE_FIELDS)}
    return fields.Schema(
        document=Tokens(),
        document_id=fields.COLUMN(columns.NumericColumn("q")),
        ordinal=fields.COLUMN(columns.NumericColumn("i")),
        body_length=fields.COLUMN(columns.NumericColumn("i")),
        title_length=fields.COLUMN(columns.NumericColumn("i")),
        published=fields.COLUMN(columns.NumericColumn("q")),
        day=fields.COLUMN(columns.NumericColumn("i")),
        text=fields.COLUMN(columns.VarBytesColumn()),
        names=fields.COLUMN(columns.VarBytesColumn()),
        name_codes=fields.COLUMN(columns.VarBytesColumn()),
        **words,
    )


def index_version(segmenter: Segmenter) -> str:
    """What an index must have been written with to be read: schema, text rules, dictionary."""
    return f"{SCHEMA_VERSION}+{segmenter.version}"
