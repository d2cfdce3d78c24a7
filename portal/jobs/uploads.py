"""Jobs about what comes in: the classifier, signatures of old versions, unfinished uploads."""

from collections.abc import Mapping

from portal.db import utcnow
from portal.ingest import fingerprint, proposals
from portal.ingest.partial import PartialStore
from portal.services import Services

SIGNED_AT_ONCE = 200


def classifier(services: Services) -> Mapping[str, int]:
    """Learn the keys anew from what is published."""
    with services.db.read() as session:
        known = proposals.examples(session)
    learnt = proposals.refresh_model(known, services.taxonomy(), services.settings.data_dir)
    return {"documents": learnt}


def signatures(services: Services) -> Mapping[str, int]:
    """Sign versions that have no signature yet; others write in between."""
    signed = 0
    while True:
        with services.db.read() as session:
            some = fingerprint.missing(session, SIGNED_AT_ONCE)
        with services.db.write() as session:
            fingerprint.remember_all(session, some)
        signed += len(some)
        if len(some) < SIGNED_AT_ONCE:
            return {"versions": signed}


def unfinished(services: Services) -> Mapping[str, int]:
    """Give up files that nobody has gone on sending for a day."""
    store = PartialStore(services.settings.partial_dir, services.settings.max_upload_bytes)
    with services.db.write() as session:
        return {"files": store.purge(session, utcnow())}
