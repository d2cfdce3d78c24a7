"""What can be wrong with an uploaded file, in words a colleague can act on."""

# The names say what the file is, not that an error is an error.


class IngestError(Exception):
    """A file cannot be taken in.

    ``code`` is a stable English slug for programs; ``message`` is a Chinese sentence for the
    person who uploaded the file: what is wrong and what to do next.
    """

    code = "ingest_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class EmptyFile(IngestError):
    """The file has no bytes, or nothing but white space."""

    code = "empty_file"

    def __init__(self, message: str = "文件是空的，请检查后重新上传。") -> None:
        super().__init__(message)


class UnsupportedFormat(IngestError):
    """The bytes are not one of the formats the portal reads."""

    code = "unsupported_format"


class Encrypted(IngestError):
    """The file asks for a password before it can be read."""

    code = "encrypted"

    def __init__(self, message: str = "文件设有打开密码，请去掉密码后再上传。") -> None:
        super().__init__(message)


class Corrupt(IngestError):
    """The file is truncated or damaged."""

    code = "corrupt"

    def __init__(
        self, message: str = "文件已损坏或不完整，请在原程序中打开并另存一份，再重新上传。"
    ) -> None:
        super().__init__(message)


class NoText(IngestError):
    """The file opens but holds no searchable text."""

    code = "no_text"

    def __init__(self, message: str = "文件中没有可检索的文字，请补充文字后再上传。") -> None:
        super().__init__(message)


class TooLarge(IngestError):
    """The file, or what it unpacks to, is over a limit."""

    code = "too_large"


class TooSlow(IngestError):
    """Reading the file took longer than a file may take."""

    code = "too_slow"

    def __init__(
        self, message: str = "读取这个文件用时过长，已经停止，请拆分成几个文件后再上传。"
    ) -> None:
        super().__init__(message)


class Crashed(IngestError):
    """The program that reads the file ended while reading it."""

    code = "crashed"

    def __init__(
        self,
        message: str = "读取时程序意外中止，文件可能已损坏，请在原程序中另存一份，再重新上传。",
    ) -> None:
        super().__init__(message)


class Infected(IngestError):
    """The virus scanner knows what is in the file."""

    code = "infected"


class ScanFailed(IngestError):
    """The virus scanner is configured and did not answer; nothing is taken in unscanned."""

    code = "scan_failed"

    def __init__(
        self, message: str = "病毒扫描服务没有响应，文件没有收录。请稍后再试，或联系管理员。"
    ) -> None:
        super().__init__(message)


class StorageFull(IngestError):
    """The disk of the portal has no room for the original."""

    code = "storage_full"

    def __init__(
        self, message: str = "服务器的磁盘空间不足，文件没有收录。请联系管理员腾出空间后再试。"
    ) -> None:
        super().__init__(message)
