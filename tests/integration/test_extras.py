"""What is switched on where it is installed, driven by stand-ins that speak the same protocol.

The stand-ins are programs on PATH and a server of clamd's protocol, so that these tests say the
same on every machine. The real ones were run by hand; docs/reliability.md says with what result.
"""

import os
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.ingest import Filing, Limits, libreoffice, ocr
from portal.ingest.errors import Infected, IngestError, NoText, ScanFailed, UnsupportedFormat
from portal.ingest.extras import read_file
from portal.ingest.failures import Arrival, Intake, list_failures, take_in
from portal.ingest.scan import is_answering
from portal.models import IntakeSource
from portal.services import Services
from tests.conftest import Library
from tests.unit.ingest.builders import IMAGE_PAGE, docx_bytes, pdf_bytes, song_page

HELPED = Limits(extras=True, max_seconds=20)
PAGE = song_page(["云澜三院双路由组网项目建议书", "两院区之间采用双路由专线互为备份。"])
WORD = docx_bytes(lambda document: document.add_paragraph("云澜三院双路由组网项目建议书"))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
LEGACY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "WordDocument\0".encode("utf-16-le")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that comes before all others on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def refused(data: bytes, name: str, limits: Limits = HELPED) -> IngestError:
    with pytest.raises(IngestError) as caught:
        read_file(data, name, limits)
    return caught.value


# ---------- LibreOffice ----------


@pytest.fixture
def office(installed: Path, tmp_path: Path) -> Path:
    """A soffice that answers with a document that is kept ready, and notes how it was called."""
    (tmp_path / "ready.docx").write_bytes(WORD)
    program(
        installed,
        "soffice",
        f'echo "$@" > {tmp_path}/called; env > {tmp_path}/env\n'
        'while [ "$1" != --outdir ]; do shift; done\n'
        f'cp {tmp_path}/ready.docx "$2/in.docx"',
    )
    return tmp_path


def test_a_legacy_document_is_converted_and_says_so(office: Path) -> None:
    extraction = read_file(LEGACY, "旧方案.doc", HELPED)
    assert extraction.sections[0].text.startswith("云澜三院")
    assert (extraction.format, extraction.media_type) == ("docx", "application/msword")
    assert "LibreOffice" in extraction.notices[-1]
    called = (office / "called").read_text(encoding="utf-8")
    assert "--headless" in called
    assert "--convert-to docx" in called
    assert "PORTAL_" not in (office / "env").read_text(encoding="utf-8")


def test_each_conversion_has_a_profile_of_its_own_that_runs_no_macro(office: Path) -> None:
    program(
        office / "bin",
        "soffice",
        f"p=${{1#-env:UserInstallation=file://}}\n"
        f'cp "$p"/user/registrymodifications.xcu {office}/\n'
        'while [ "$1" != --outdir ]; do shift; done\n'
        f'cp {office}/ready.docx "$2/in.docx"',
    )
    read_file(LEGACY, "旧方案.doc", HELPED)
    profile = (office / "registrymodifications.xcu").read_text(encoding="utf-8")
    assert 'DisableMacrosExecution" oor:op="fuse"><value>true' in profile
    assert 'BlockUntrustedRefererLinks" oor:op="fuse"><value>true' in profile


@pytest.mark.parametrize(
    ("body", "code"),
    [("exit 1", "crashed"), ("exit 0", "corrupt"), ("exec sleep 60", "too_slow")],
)
def test_a_conversion_that_fails_is_one_sentence(installed: Path, body: str, code: str) -> None:
    program(installed, "soffice", body)
    error = refused(LEGACY, "旧方案.doc", Limits(extras=True, max_seconds=1))
    assert (error.code, error.message[-1]) == (code, "。")


def test_a_helper_that_hangs_takes_its_children_along(installed: Path, tmp_path: Path) -> None:
    program(installed, "soffice", f"sleep 60 & echo $! > {tmp_path}/child; wait")
    refused(LEGACY, "旧方案.doc", Limits(extras=True, max_seconds=1))
    child = int((tmp_path / "child").read_text(encoding="ascii"))
    status = Path(f"/proc/{child}/stat")
    assert not status.exists() or status.read_text(encoding="utf-8").split()[2] == "Z"


def test_without_libreoffice_a_legacy_document_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not libreoffice.is_present()
    error = refused(LEGACY, "旧方案.doc")
    assert isinstance(error, UnsupportedFormat)
    assert "另存为 docx" in error.message


def test_what_is_switched_off_is_not_used(office: Path) -> None:
    assert isinstance(refused(LEGACY, "旧方案.doc", Limits()), UnsupportedFormat)
    assert not (office / "called").exists()


# ---------- OCR ----------


@pytest.fixture
def tesseract(installed: Path) -> Path:
    """A tesseract that knows Chinese and reads the same from every picture, with its spaces."""
    program(
        installed,
        "tesseract",
        'if [ "$1" = --list-langs ]; then echo chi_sim; exit 0; fi\n'
        'cat > /dev/null; echo "云 澜 三 院 双 路 由 组 网"',
    )
    return installed


def test_a_scanned_pdf_is_recognised_page_by_page(tesseract: Path) -> None:
    extraction = read_file(pdf_bytes([IMAGE_PAGE, IMAGE_PAGE]), "扫描的合同.pdf", HELPED)
    assert [section.place.number for section in extraction.sections] == [1, 2]
    assert extraction.sections[0].text == "云澜三院双路由组网"
    assert extraction.title == "扫描的合同"
    assert extraction.notices == ("第 1–2 页的文字由 OCR 识别得到，可能有误。",)


def test_only_the_pages_without_text_are_recognised(tesseract: Path) -> None:
    extraction = read_file(pdf_bytes([PAGE, IMAGE_PAGE, PAGE]), "混合.pdf", HELPED)
    assert [section.place.number for section in extraction.sections] == [1, 2, 3]
    assert extraction.sections[1].text == "云澜三院双路由组网"
    assert extraction.notices == ("第 2 页的文字由 OCR 识别得到，可能有误。",)


def test_a_picture_is_recognised(tesseract: Path) -> None:
    extraction = read_file(PNG, "白板照片.png", HELPED)
    assert (extraction.format, extraction.media_type) == ("image", "image/png")
    assert (extraction.title, extraction.sections[0].text) == ("白板照片", "云澜三院双路由组网")


def test_a_picture_comes_in_and_is_found(library: Library, tesseract: Path) -> None:
    services = library.services
    intake = Intake(services.db, services.blobs, services.taxonomy(), HELPED)
    filing = Filing(library.person("liujie"), publish=True)
    arrival = Arrival(IntakeSource.MAIL, "1", "liujie", "白板照片.png", filing)
    assert take_in(intake, arrival, PNG).status == "added"


def test_recognition_that_finds_nothing_leaves_the_sentence(installed: Path) -> None:
    program(installed, "tesseract", '[ "$1" = --list-langs ] && echo chi_sim; cat > /dev/null')
    error = refused(pdf_bytes([IMAGE_PAGE]), "扫描.pdf")
    assert (error.code, "OCR" in error.message) == ("no_text", True)
    assert isinstance(refused(PNG, "照片.png"), NoText)
    mixed = read_file(pdf_bytes([PAGE, IMAGE_PAGE]), "混合.pdf", HELPED)
    assert mixed.notices == ("第 2 页没有可检索的文字，需要 OCR。",)


def test_a_tesseract_without_chinese_is_not_used(installed: Path) -> None:
    program(installed, "tesseract", "echo eng")
    assert not ocr.is_present()
    assert isinstance(refused(PNG, "照片.png"), UnsupportedFormat)


# ---------- clamd ----------


class _Clamd(socketserver.StreamRequestHandler):
    """The part of clamd's protocol that the portal speaks: PING and INSTREAM, ended by zeros."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        assert command == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        infected = b"EICAR-STANDARD" in data
        self.wfile.write(b"stream: Eicar-Test FOUND\0" if infected else b"stream: OK\0")


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    block_on_close = True


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    block_on_close = True


@pytest.fixture(params=["socket", "port"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    server: socketserver.BaseServer
    if request.param == "socket":
        address = str(tmp_path / "clamd.sock")
        server = _UnixServer(address, _Clamd)
    else:
        tcp = _Server(("127.0.0.1", 0), _Clamd)
        server, address = tcp, f"127.0.0.1:{tcp.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield address
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_clean_comes_in_and_what_is_not_does_not(clamd: str) -> None:
    limits = Limits(scanner=clamd)
    assert is_answering(clamd)
    assert read_file(b"# \xe8\xb5\x84\xe8\xb4\xb9\n\n" + b"x" * 3_000_000, "资费.md", limits).title
    error = refused(EICAR, "病毒.txt", limits)
    assert isinstance(error, Infected)
    assert "Eicar-Test" in error.message


def test_an_infected_original_is_not_kept(services: Services, library: Library, clamd: str) -> None:
    intake = Intake(services.db, services.blobs, services.taxonomy(), Limits(scanner=clamd))
    filing = Filing(library.person("liujie"))
    arrival = Arrival(IntakeSource.MAIL, "1", "x@y.cn", "病毒.txt", filing)
    assert take_in(intake, arrival, EICAR).code == "infected"
    assert list(services.blobs.stored()) == []
    with services.db.read() as session:
        (row,), _total = list_failures(session, is_open=True, offset=0, limit=5)
    assert (row.can_retry, "病毒" in row.message) == (False, True)


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1", "nonsense"])
def test_a_scanner_that_does_not_answer_lets_nothing_in(address: str) -> None:
    assert not is_answering(address)
    error = refused(WORD, "方案.docx", Limits(scanner=address))
    assert isinstance(error, ScanFailed)
    assert error.message.endswith("。")


def test_helpers_get_no_setting_of_the_portal(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "x" * 40)
    program(
        installed,
        "tesseract",
        f'if [ "$1" = --list-langs ]; then echo chi_sim; exit 0; fi\n'
        f"cat > /dev/null; env > {tmp_path}/env; echo 资费",
    )
    read_file(PNG, "照片.png", HELPED)
    seen = (tmp_path / "env").read_text(encoding="utf-8")
    assert "PORTAL_" not in seen
    assert "PATH=" in seen
    assert os.environ["PORTAL_SECRET_KEY"]
