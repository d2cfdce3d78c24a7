"""Office files of before 2007, converted by LibreOffice where it is installed."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from portal.ingest.errors import Corrupt, TooLarge
from portal.ingest.helpers import run_helper
from portal.ingest.sniff import LegacyKind
from portal.ingest.types import MIB, Limits

MEDIA_TYPES: Mapping[LegacyKind, str] = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_TARGETS: Mapping[LegacyKind, str] = {"doc": "docx", "xls": "xlsx", "ppt": "pptx"}
_LEAST_MEMORY = 1024 * MIB
# No macro runs and no linked file or address is opened, whatever the document asks for.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""


def is_present() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def convert(data: bytes, kind: LegacyKind, limits: Limits) -> bytes:
    """The file in today's format.

    Raises TooSlow, Crashed, Corrupt, TooLarge. Each call has a profile of its own, so that calls
    neither wait for each other nor see anything of each other.
    """
    target = _TARGETS[kind]
    with tempfile.TemporaryDirectory(prefix="portal-office-") as name:
        folder = Path(name)
        source = folder / f"in.{kind}"
        source.write_bytes(data)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(
            _PROFILE, encoding="utf-8"
        )
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        command += ["--headless", "--norestore", "--nolockcheck", "--convert-to", target]
        command += ["--outdir", str(folder), str(source)]
        memory = max(limits.max_memory, _LEAST_MEMORY)
        run_helper(command, b"", limits.max_seconds, memory, {"HOME": name, "TMPDIR": name})
        made = folder / f"in.{target}"
        if not made.is_file():
            raise Corrupt
        if made.stat().st_size > limits.max_unpacked:
            raise TooLarge("文件转换后过大，请拆分后再上传。")
        return made.read_bytes()
