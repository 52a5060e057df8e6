"""Where a server keeps its files and its socket: folders that are private to one account."""

import hashlib
import os
import re
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.programs import SHARED, Account, may_enter

PROJECT = Path(__file__).resolve().parent.parent

_SHORT = Path("/tmp")
# What needs no quoting in a shell, in PostgreSQL's settings, in a connection string or in YAML.
_PLAIN_PATH = re.compile(r"[\w/.+@%=: ~-]+")


def default_directory() -> Path:
    """The sandbox's folder: `SANDBOX_HOME` if set, else `.sandbox` at the root of the project."""
    return Path(os.environ.get("SANDBOX_HOME") or PROJECT / ".sandbox").expanduser().resolve()


def shown(path: Path) -> Path:
    """`path` as a message shows it: from the current folder on, if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@contextmanager
def explained(folder: Path, remedy: str = "Set SANDBOX_HOME to a folder of your own.") -> Iterator[None]:
    """Turn what the operating system refuses in `folder` into a SandboxError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise disk_full(folder) from error
        if error.errno in (EACCES, EPERM, EROFS):
            raise SandboxError(
                f"No access to {error.filename or folder}: {error.strerror}. {remedy}"
            ) from error
        raise SandboxError(f"Cannot use {folder}: {error}. {remedy}") from error


def disk_full(folder: Path) -> SandboxError:
    """The error for a disk without room."""
    return SandboxError(
        f"The disk that holds {folder} is full. "
        "Free some space, or set SANDBOX_HOME to a folder on another disk."
    )


def state_folder(directory: Path, account: Account) -> Path:
    """The folder for the server's own files: `directory`/postgres, where `account` can reach it.

    Below a folder that only root may enter (root's home, say) the server, which is not root, could not reach
    its files. They then lie in /var/tmp, under a name derived from `directory`; no folder is opened up.
    """
    if account.is_stand_in and not may_enter(directory / "postgres"):
        return SHARED / _derived_name(directory)
    return directory / "postgres"


def make_private(folder: Path, account: Account) -> None:
    """Make `folder`, or check that it is, `account`'s own and closed to everybody else.

    Raises SandboxError if it belongs to somebody else, OSError if it cannot be made.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    check_owner(folder, account)
    folder.chmod(0o700)


def check_owner(folder: Path, account: Account) -> None:
    """Raise SandboxError if `folder` is something else than a folder of `account`'s."""
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != account.uid:
        raise SandboxError(
            f"{folder} is not a folder of the user {account.name}, who runs the server. "
            "Run as the user who started the sandbox first, or set SANDBOX_HOME to another folder."
        )


def socket_folder(state: Path, directory: Path, account: Account) -> Path:
    """A private folder where a socket can be made: `state`, else a short one in /tmp.

    Raises SandboxError if neither will do.
    """
    short = _SHORT / _derived_name(directory)
    if _can_hold_socket(state):
        return state
    make_private(short, account)
    if _can_hold_socket(short):
        return short
    raise SandboxError(
        f"Neither {state} nor {short} can hold a Unix socket: "
        "the path is too long, or the file system has no sockets. "
        "Set SANDBOX_HOME to a folder with a short path on a local disk."
    )


def remove_socket_folder(directory: Path) -> None:
    """Remove the short folder that `socket_folder` may have made for `directory`."""
    shutil.rmtree(_SHORT / _derived_name(directory), ignore_errors=True)


def check_plain(path: Path) -> None:
    """Raise SandboxError if a shell or PostgreSQL's settings would misread some character of `path`."""
    if not _PLAIN_PATH.fullmatch(str(path)):
        raise SandboxError(
            f"The path {path} has characters that PostgreSQL's tools cannot take. "
            "Set SANDBOX_HOME to a path of letters, digits, blanks and / . _ - + @ % = : ~"
        )


def _derived_name(directory: Path) -> str:
    digest = hashlib.sha256(f"{os.geteuid()}:{directory}".encode()).hexdigest()
    return f"sandbox-{digest[:16]}"


def _can_hold_socket(folder: Path) -> bool:
    probe = folder / f".probe-{secrets.token_hex(3)}"  # as long as .s.PGSQL.5432
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as candidate:
        try:
            candidate.bind(str(probe))
        except OSError:
            return False
        finally:
            probe.unlink(missing_ok=True)
    return True
