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
