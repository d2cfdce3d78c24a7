"""Looking for viruses with clamd, where an address of it is set."""

import socket
import struct

from portal.ingest.errors import Infected, ScanFailed

TIMEOUT_SECONDS = 60.0
_CHUNK = 1024 * 1024


def refuse_infected(data: bytes, scanner: str) -> None:
    """Raise Infected for what the scanner knows; nothing happens where ``scanner`` is "".

    ``scanner`` is the path of clamd's socket, or host:port. Raises ScanFailed where it does not
    answer: what could not be scanned does not come in.
    """
    if not scanner:
        return
    try:
        answer = _ask(scanner, data)
    except (OSError, ValueError) as error:
        raise ScanFailed from error
    if answer.endswith("FOUND"):
        name = answer.removeprefix("stream:").removesuffix("FOUND").strip()
        raise Infected(f"文件含有病毒（{name}），没有收录，也没有保留。请先清除病毒再上传。")
    if not answer.endswith("OK"):
        raise ScanFailed


def is_answering(scanner: str, seconds: float = 3.0) -> bool:
    """Whether clamd answers at the address within so many seconds."""
    try:
        with _connect(scanner, seconds) as clamd:
            clamd.sendall(b"zPING\0")
            return _receive(clamd) == "PONG"
    except (OSError, ValueError):
        return False


def _ask(scanner: str, data: bytes) -> str:
    with _connect(scanner, TIMEOUT_SECONDS) as clamd:
        clamd.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            piece = data[start : start + _CHUNK]
            clamd.sendall(struct.pack("!I", len(piece)) + piece)
        clamd.sendall(struct.pack("!I", 0))
        return _receive(clamd)


def _connect(scanner: str, seconds: float) -> socket.socket:
    if scanner.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(seconds)
        try:
            clamd.connect(scanner)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _colon, port = scanner.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=seconds)


def _receive(clamd: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and (piece := clamd.recv(4096)):
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
