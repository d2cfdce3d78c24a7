"""Write a new migration from the difference between the migrations so far and the models."""

import sys
import tempfile

from portal.db import Database
from portal.migrate import make_revision, upgrade

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/revision.db")
        upgrade(db)
        make_revision(db, " ".join(sys.argv[1:]))
        db.dispose()
