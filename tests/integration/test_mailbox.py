"""The watched folder and the mailbox: what people leave there becomes drafts, once."""

import email.policy
import imaplib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.accounts import AccountError, import_user
from portal.accounts.mail_addresses import set_address
from portal.ingest.failures import Intake, list_failures
from portal.ingest.letters import read_letter
from portal.ingest.mailbox import Mailbox, MailboxError, deal_with_letter, take_in_mail
from portal.ingest.watch import watch_folder
from portal.jobs import run_job
from portal.models import Document, MailedIn
from portal.services import Services
from tests.conftest import Library
from tests.integration.command import Command, wait_until
from tests.unit.ingest.builders import docx_bytes

WORD = docx_bytes(lambda document: document.add_paragraph("云澜三院双路由组网项目建议书"))
ADDRESS = "liujie@yunlan.example.cn"


@pytest.fixture
def intake(services: Services) -> Intake:
    return Intake(services.db, services.blobs, services.taxonomy(), services.limits)


def documents(services: Services) -> list[tuple[str, int, str]]:
    with services.db.read() as session:
        rows = session.scalars(sa.select(Document).order_by(Document.id)).all()
        return [(row.title, row.author_id, row.status) for row in rows]


def failures(services: Services) -> list[str]:
    with services.db.read() as session:
        rows, _total = list_failures(session, is_open=True, offset=0, limit=50)
    return [row.message for row in rows]


# ---------- the watched folder ----------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "投递"
    (made / "教育" / "方案整合").mkdir(parents=True)
    return made


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_lies_in_the_folder_becomes_drafts_keyed_by_folders(
    services: Services, library: Library, intake: Intake, folder: Path
) -> None:
    author = library.person("liujie")
    (folder / "教育/方案整合/组网.docx").write_bytes(WORD)
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    counts = watch_folder(intake, folder, author, settled_seconds=0)
    assert counts == {"added": 1, "duplicate": 0, "failed": 1, "waiting": 0}
    assert documents(services) == [("云澜三院双路由组网项目建议书", author, "draft")]
    with services.db.read() as session:
        terms = session.scalars(sa.select(Document)).one().terms
    assert sorted(term.code for term in terms) == ["education", "solution"]
    assert names(folder) == ["已收录/教育/方案整合/组网.docx", "未收录/坏.pdf"]
    assert "损坏" in failures(services)[0]
    assert sum(watch_folder(intake, folder, author, settled_seconds=0).values()) == 0


def test_a_file_that_is_still_being_copied_waits(
    services: Services, library: Library, intake: Intake, folder: Path
) -> None:
    (folder / "大文件.docx").write_bytes(WORD[:500])
    counts = watch_folder(intake, folder, library.person("liujie"))
    assert (counts["waiting"], documents(services)) == (1, [])
    assert names(folder) == ["大文件.docx"]


def test_a_file_that_was_in_but_not_yet_moved_is_moved_and_not_doubled(
    services: Services, library: Library, intake: Intake, folder: Path
) -> None:
    author = library.person("liujie")
    for _ in range(2):
        (folder / "组网.docx").write_bytes(WORD)
        watch_folder(intake, folder, author, settled_seconds=0)
    assert len(documents(services)) == 1
    assert names(folder) == ["已收录/组网.docx", "已收录/组网（2）.docx"]


def test_a_link_in_the_folder_leads_nowhere(
    services: Services, library: Library, intake: Intake, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret_key.txt"
    secret.write_text("不该被收录的密钥", encoding="utf-8")
    (folder / "方案.txt").symlink_to(secret)
    counts = watch_folder(intake, folder, library.person("liujie"), settled_seconds=0)
    assert (counts["failed"], documents(services)) == (1, [])
    assert "链接" in failures(services)[0]
    assert secret.exists()


def test_a_folder_that_is_gone_is_an_error_and_not_an_empty_one(
    services: Services, library: Library, tmp_path: Path
) -> None:
    gone = replace(services, settings=replace(services.settings, watch_dir=tmp_path / "没有"))
    assert not run_job(gone, "watch")
    unset = replace(services, settings=replace(services.settings, watch_dir=None))
    assert run_job(unset, "watch")


def test_the_job_takes_in_for_the_author_of_the_settings(
    services: Services, library: Library, folder: Path
) -> None:
    author = library.person("liujie")
    (folder / "组网.docx").write_bytes(WORD)
    old = (1_700_000_000, 1_700_000_000)
    os.utime(folder / "组网.docx", old)
    settings = replace(services.settings, watch_dir=folder, watch_author="liujie")
    set_up = replace(services, settings=settings)
    # The file was changed a moment ago, whatever its own clock says.
    assert run_job(set_up, "watch")
    assert documents(services) == []
    with services.db.write() as session:
        assert import_user(session).id != author


# ---------- letters ----------


def letter(
    attachments: dict[str, bytes],
    *,
    subject: str = "转发：Re: 云澜三院组网方案（定稿）",
    sender: str = f"刘洁 <{ADDRESS}>",
    identifier: str = "<1@yunlan.example.cn>",
) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = sender, "zhishi@lh.example.cn"
    message["Subject"] = subject
    if identifier:
        message["Message-ID"] = identifier
    message.set_content("请收录附件，谢谢。")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_a_letter_is_read_with_its_names_in_chinese() -> None:
    got = read_letter(letter({"组网方案.docx": WORD, "资费.txt": "资费".encode()}))
    assert (got.sender, got.subject) == (ADDRESS, "云澜三院组网方案（定稿）")
    assert [item.name for item in got.attachments] == ["组网方案.docx", "资费.txt"]
    assert got.attachments[0].data == WORD


def test_pictures_in_a_signature_are_no_attachments() -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = ADDRESS
    message.set_content("您好")
    message.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", filename="logo.png", disposition="inline"
    )
    assert read_letter(message.as_bytes()).attachments == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"From: a@b.cn, c@d.cn\r\n\r\nx",
        b"From: =?gb2312?B?broken\r\nSubject: =?utf-8?Q?=ZZ?=\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 2000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(3000)
        ),
    ],
)
def test_any_bytes_are_a_letter_or_a_value_error(raw: bytes) -> None:
    try:
        got = read_letter(raw)
    except ValueError:
        return
    assert got.attachments == ()
    assert got.sender in ("", "x") or "@" in got.sender


# ---------- the mailbox, on a real IMAP server ----------


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """A server of the pymap package, which keeps its mail in memory; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-tls", "dict"]
    process = subprocess.Popen([*command, "--demo-user", "zhishi", "--demo-password", "lh-2026"])

    def answers() -> bool:
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=2).logout()
        except OSError:
            return False
        return True

    wait_until(answers)
    yield port
    process.terminate()
    process.wait(10)


class Post:
    """Whoever delivers mail to the mailbox."""

    def __init__(self, port: int) -> None:
        self.mailbox = Mailbox("127.0.0.1", port, "zhishi", "lh-2026", tls=False)
        self.imap = imaplib.IMAP4("127.0.0.1", port)
        self.imap.login(self.mailbox.user, self.mailbox.password)

    def deliver(self, raw: bytes) -> None:
        assert self.imap.append("INBOX", "", "", raw)[0] == "OK"

    def unread(self) -> int:
        self.imap.select("INBOX")
        return len(self.imap.search(None, "UNSEEN")[1][0].split())

    def mark_all_unread(self) -> None:
        self.imap.select("INBOX")
        self.imap.store("1:*", "-FLAGS", r"(\Seen)")


@pytest.fixture
def post(server: int) -> Iterator[Post]:
    post = Post(server)
    yield post
    post.imap.select("INBOX")
    post.imap.store("1:*", "+FLAGS", r"(\Deleted)")
    post.imap.expunge()
    post.imap.logout()


@pytest.fixture
def liujie(services: Services, library: Library) -> int:
    person = library.person("liujie", name="刘洁")
    with services.db.write() as session:
        set_address(session, "liujie", ADDRESS.upper())
    return person


def test_attachments_become_drafts_of_the_sender_and_the_mail_is_read(
    services: Services, intake: Intake, post: Post, liujie: int
) -> None:
    post.deliver(letter({"a.docx": WORD}))
    counts = take_in_mail(intake, post.mailbox)
    assert (counts["messages"], counts["added"], counts["failed"]) == (1, 1, 0)
    assert documents(services) == [("云澜三院组网方案（定稿）", liujie, "draft")]
    assert post.unread() == 0
    assert take_in_mail(intake, post.mailbox)["messages"] == 0


def test_the_same_mail_is_never_taken_in_twice(
    services: Services, intake: Intake, post: Post, liujie: int
) -> None:
    post.deliver(letter({"a.docx": WORD, "坏.pdf": b"%PDF-1.4 broken"}))
    take_in_mail(intake, post.mailbox)
    # As after a kill between writing down and marking as read, and as a second copy in the box.
    post.mark_all_unread()
    post.deliver(letter({"b.txt": "另一份内容，同一个编号。".encode()}))
    again = take_in_mail(intake, post.mailbox)
    assert (again["messages"], again["added"], again["failed"]) == (2, 0, 0)
    assert len(documents(services)) == 1
    assert len(failures(services)) == 1
    assert post.unread() == 0


def test_a_mail_that_was_cut_short_goes_on_and_doubles_nothing(
    services: Services, intake: Intake, liujie: int
) -> None:
    raw = letter({"a.docx": WORD, "b.txt": "第二个附件，专线使用正常。".encode()})
    whole = read_letter(raw)
    deal_with_letter(intake, replace(whole, key="0" * 64, attachments=whole.attachments[:1]))
    counts = deal_with_letter(intake, whole)
    assert (counts["duplicate"], counts["added"]) == (1, 1)
    assert len(documents(services)) == 2


def test_a_strangers_mail_is_refused_with_one_line_however_many_come(
    services: Services, intake: Intake, post: Post, liujie: int
) -> None:
    for number in range(3):
        stranger = letter(
            {"a.docx": WORD}, sender="x@spam.example", identifier=f"<{number}@spam.example>"
        )
        post.deliver(stranger)
    assert take_in_mail(intake, post.mailbox)["failed"] == 3
    assert documents(services) == []
    assert [("x@spam.example" in message) for message in failures(services)] == [True]
    assert not list(services.blobs.stored())


def test_a_mail_without_attachment_or_sense_is_named(
    services: Services, intake: Intake, post: Post, liujie: int
) -> None:
    post.deliver(letter({}))
    post.deliver(b"\xff\xfe\x00garbage")
    assert take_in_mail(intake, post.mailbox)["failed"] == 2
    said = failures(services)
    assert any("没有附件" in message for message in said)
    assert all(message.endswith("。") for message in said)


def test_two_rounds_at_once_take_a_mail_in_once(
    services: Services, intake: Intake, post: Post, liujie: int
) -> None:
    post.deliver(letter({"a.docx": WORD}))
    problems: list[BaseException] = []

    def take() -> None:
        try:
            take_in_mail(intake, post.mailbox)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(documents(services)) == 1
    with services.db.read() as session:
        assert session.scalar(sa.select(sa.func.count(MailedIn.id))) == 1


def test_a_wrong_password_or_host_is_one_sentence(intake: Intake, post: Post) -> None:
    wrong = replace(post.mailbox, password="wrong")
    with pytest.raises(MailboxError, match="没有读成"):
        take_in_mail(intake, wrong)
    with pytest.raises(MailboxError, match="没有读成"):
        take_in_mail(intake, replace(post.mailbox, port=1))
    with pytest.raises(MailboxError, match="PORTAL_MAIL_TLS"):
        take_in_mail(intake, replace(post.mailbox, host="imap.example.cn"))


def test_the_job_reads_the_mailbox_of_the_settings(
    services: Services, post: Post, liujie: int
) -> None:
    post.deliver(letter({"a.docx": WORD}))
    settings = replace(
        services.settings,
        mail_host="127.0.0.1",
        mail_port=post.mailbox.port,
        mail_user=post.mailbox.user,
        mail_password=post.mailbox.password,
        mail_tls=False,
    )
    assert run_job(services, "mail")
    assert documents(services) == []
    assert run_job(replace(services, settings=settings), "mail")
    assert len(documents(services)) == 1


# ---------- addresses ----------


@pytest.mark.parametrize("address", ["没有@", "a b@c.cn", "a@b", "<a@b.cn>", "a@b.cn\nBcc: x@y.cn"])
def test_what_is_no_address_is_refused(services: Services, library: Library, address: str) -> None:
    library.person("liujie")
    with services.db.write() as session, pytest.raises(AccountError, match="不是邮箱"):
        set_address(session, "liujie", address)


def test_an_address_belongs_to_one_person(services: Services, library: Library) -> None:
    library.person("liujie", name="刘洁")
    library.person("heping", name="何平")
    with services.db.write() as session:
        set_address(session, "liujie", ADDRESS)
        with pytest.raises(AccountError, match="刘洁"):
            set_address(session, "heping", ADDRESS)
        set_address(session, "liujie", "")
        set_address(session, "heping", ADDRESS)


def test_an_address_is_given_from_the_command_line(portal: Command, library: Library) -> None:
    library.person("liujie")
    done = portal("user", "set", "liujie", "--email", ADDRESS.upper())
    assert (done.code, done.out) == (0, "Changed liujie.\n")
    wrong = portal("user", "set", "nobody", "--email", ADDRESS)
    assert (wrong.code, "nobody" in wrong.err) == (2, True)
