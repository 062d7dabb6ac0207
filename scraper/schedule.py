"""The nightly crawl handed to what the system has for it: a systemd timer, a launchd agent or a crontab."""

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

KINDS = ("systemd", "launchd", "cron")
SERVICE, TIMER = "nianbao-crawl.service", "nianbao-crawl.timer"
LABEL = "org.nianbao.crawl"
BEGIN = "# nianbao begin (`nianbao schedule` replaces what stands between these comments)"
END = "# nianbao end"
SECONDS = 60
# Cron, systemd and the shell each undo backslashes in their own way, and a line break ends a crontab's line.
UNQUOTABLE = re.compile(r"[\\\x00-\x1f\x7f-\x9f]")

Which = Callable[[str], str | None]
Run = Callable[[Sequence[str], bytes], subprocess.CompletedProcess[bytes]]


class ScheduleError(Exception):
    """The crawl cannot be scheduled this way; the message says what to do."""


class Job(NamedTuple):
    """What to run every night, where, and at which local time.

    ``command`` begins with the absolute path of a program; ``folder`` is where it runs, and ``log`` takes
    its output on systems without a journal. Both are absolute.
    """

    command: tuple[str, ...]
    folder: Path
    log: Path
    hour: int = 2
    minute: int = 30


class Installed(NamedTuple):
    """The files that were written, the commands that were run, and what the user should still know."""

    files: tuple[Path, ...]
    commands: tuple[tuple[str, ...], ...]
    note: str = ""


def default_kind(platform: str = sys.platform, which: Which = shutil.which) -> str:
    """Choose the kind that suits the system. Raises ScheduleError where there is none.

    >>> default_kind("darwin"), default_kind("linux", {"crontab": "/usr/bin/crontab"}.get)
    ('launchd', 'cron')
    """
    if platform == "darwin":
        return "launchd"
    if which("systemctl"):
        return "systemd"
    if which("crontab"):
        return "cron"
    raise ScheduleError(
        "there is neither systemd nor cron here; have the system's own scheduler run `nianbao crawl`"
    )


def crawl_command(arguments: Sequence[str], which: Which = shutil.which) -> tuple[str, ...]:
    """Give `nianbao crawl` with arguments, by the path of the program, as schedulers know no PATH.

    Raises ScheduleError when the program is not installed.
    """
    beside = Path(sys.executable).with_name("nianbao")
    program = which(str(beside)) or which("nianbao")
    if not program:
        raise ScheduleError(
            "the program nianbao is not on the PATH; install it, e.g. with pipx, and try again"
        )
    return (os.path.abspath(program), "crawl", *arguments)


def texts(kind: str, job: Job) -> dict[str, str]:
    """Give what a kind needs, by file name: two units, a plist, or the lines for the crontab.

    Raises ScheduleError for a job that cannot be written so.
    """
    if reason := next(_objections(job), ""):
        raise ScheduleError(reason)
    match kind:
        case "systemd":
            return {SERVICE: service(job), TIMER: timer(job)}
        case "launchd":
            return {f"{LABEL}.plist": plist(job)}
        case "cron":
            return {"crontab": f"{BEGIN}\n{crontab_line(job)}\n{END}\n"}
    raise ScheduleError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")


def service(job: Job) -> str:
    """Write the unit that runs the job once. Raises ScheduleError for a program with quotes in its path."""
    program, *arguments = job.command
    if re.search("[\"']", program):
        raise ScheduleError(f"systemd runs no program with quotation marks in its path; rename {program}")
    # Variables are expanded in the arguments, not in the program's own path.
    words = [_in_unit(program), *(_in_unit(word).replace("$", "$$") for word in arguments)]
    return f"""\
[Unit]
Description=Nightly crawl of annual reports by nianbao

[Service]
Type=oneshot
WorkingDirectory={str(job.folder).replace("%", "%%")}
ExecStart={" ".join(words)}
"""


def timer(job: Job) -> str:
    """Write the unit that starts the job every night, or when the machine next runs if it was off."""
    return f"""\
[Unit]
Description=Nightly crawl of annual reports by nianbao

[Timer]
OnCalendar=*-*-* {job.hour:02}:{job.minute:02}:00
RandomizedDelaySec=20min
Persistent=true

[Install]
WantedBy=timers.target
"""


def plist(job: Job) -> str:
    """Write the agent for launchd, which makes up for a night asleep when the Mac wakes."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(job.command),
        "WorkingDirectory": str(job.folder),
        "StartCalendarInterval": {"Hour": job.hour, "Minute": job.minute},
        "StandardOutPath": str(job.log),
        "StandardErrorPath": str(job.log),
        "ProcessType": "Background",
    }
    return plistlib.dumps(agent).decode("utf-8")


def crontab_line(job: Job) -> str:
    """Write the line for a crontab, where a bare % would end the command.

    >>> crontab_line(Job(("/opt/a b/nianbao", "crawl"), Path("/srv/the 50%"), Path("/srv/log")))
    "30 2 * * * cd '/srv/the 50\\\\%' && '/opt/a b/nianbao' crawl >> /srv/log 2>&1"
    """
    folder, log = shlex.quote(str(job.folder)), shlex.quote(str(job.log))
    command = f"cd {folder} && {shlex.join(job.command)} >> {log} 2>&1".replace("%", r"\%")
    return f"{job.minute} {job.hour} * * * {command}"


def run(command: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command without a shell. Raises OSError or SubprocessError when it cannot be run."""
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=SECONDS)


def install(
    kind: str,
    job: Job,
    run: Run = run,
    home: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Installed:
    """Have the system run a job every night, in place of what an earlier install left.

    ``home`` is by default the user's own. Raises ScheduleError when a file cannot be written or a command
    is missing or fails.
    """
    home = home or Path.home()
    written = texts(kind, job)
    try:
        match kind:
            case "systemd":
                return _install_systemd(written, run, home, environment)
            case "launchd":
                return _install_launchd(written, job, run, home)
        return _install_cron(written, job, run)
    except OSError as error:
        raise ScheduleError(f"cannot write {error.filename}: {error.strerror}; see who owns it") from error


def _install_systemd(
    written: Mapping[str, str], run: Run, home: Path, environment: Mapping[str, str]
) -> Installed:
    base = Path(environment.get("XDG_CONFIG_HOME", ""))
    # The specification of these folders tells to ignore a relative one.
    folder = (base if base.is_absolute() else home / ".config") / "systemd" / "user"
    paths = _write(folder, written)
    commands = (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", TIMER),
    )
    for command in commands:
        _run(run, command, "log in as yourself, without sudo, or schedule with cron")
    note = "the timer rests while you are logged out, unless you once run `loginctl enable-linger`"
    return Installed(paths, commands, note)


def _install_launchd(written: Mapping[str, str], job: Job, run: Run, home: Path) -> Installed:
    folder = home / "Library" / "LaunchAgents"
    (path,) = (folder / name for name in written)
    commands: tuple[tuple[str, ...], ...] = (("launchctl", "load", str(path)),)
    remedy = "log in at the Mac itself, or schedule with cron"
    if path.exists():
        # Of a label that is loaded, launchd ignores the new file; one not loaded is none to mind.
        commands = (("launchctl", "unload", str(path)), *commands)
        _answer(run, commands[0], remedy)
    job.log.parent.mkdir(parents=True, exist_ok=True)
    paths = _write(folder, written)
    _run(run, commands[-1], remedy)
    return Installed(paths, commands)


def _install_cron(written: Mapping[str, str], job: Job, run: Run) -> Installed:
    reading, writing = ("crontab", "-l"), ("crontab", "-")
    remedy = "install cron, or have the system's administrator allow it to you"
    found = _answer(run, reading, remedy)
    complaint = found.stderr.decode("utf-8", "replace").lower()
    # Any other failure may hide a crontab that would be overwritten.
    if found.returncode and "no crontab" not in complaint and "no such file" not in complaint:
        raise _failed(reading, found, remedy)
    # Whatever the other lines are written in, they come back byte for byte.
    before = "" if found.returncode else found.stdout.decode("utf-8", "surrogateescape")
    after = replaced(before, written["crontab"])
    job.log.parent.mkdir(parents=True, exist_ok=True)
    _run(run, writing, remedy, after.encode("utf-8", "surrogateescape"))
    return Installed((), (reading, writing))


def replaced(crontab: str, block: str) -> str:
    """Put our block in place of the one in a crontab, or at its end, and leave all other lines as they are.

    Raises ScheduleError when the comments around the block are no pair.
    """
    lines = crontab.split("\n")
    begins, ends = ([at for at, line in enumerate(lines) if line.strip() == mark] for mark in (BEGIN, END))
    if not begins and not ends:
        return f"{crontab}{'' if not crontab or crontab.endswith(chr(10)) else chr(10)}{block}"
    if not (len(begins) == len(ends) == 1 and begins < ends):
        raise ScheduleError(
            "the crontab holds nianbao's comments, but not one pair; remove them with `crontab -e`"
        )
    return "\n".join((*lines[: begins[0]], block.rstrip("\n"), *lines[ends[0] + 1 :]))


def _objections(job: Job) -> Iterator[str]:
    if not (0 <= job.hour < 24 and 0 <= job.minute < 60):
        yield f"there is no time {job.hour}:{job.minute:02}; give hours from 0 to 23 and minutes to 59"
    for path in (job.command[0], job.folder, job.log):
        if not Path(path).is_absolute():
            yield f"{path} depends on where one is; give a path from / on"
    for word in (*job.command, str(job.folder), str(job.log)):
        if UNQUOTABLE.search(word):
            yield f"{word!r} holds a backslash or a control character; rename it"


def _in_unit(word: str) -> str:
    """Quote a word for ExecStart, where % begins a specifier.

    >>> print(_in_unit('/a b/50%/"x"'))
    "/a b/50%%/\\"x\\""
    """
    return '"' + word.replace('"', '\\"').replace("%", "%%") + '"'


def _write(folder: Path, written: Mapping[str, str]) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in written)


def _run(run: Run, command: Sequence[str], remedy: str, given: bytes = b"") -> None:
    done = _answer(run, command, remedy, given)
    if done.returncode:
        raise _failed(command, done, remedy)


def _answer(
    run: Run, command: Sequence[str], remedy: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return run(command, given)
    except (OSError, subprocess.SubprocessError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it does not end"
        raise ScheduleError(f"cannot run {command[0]} ({reason}); {remedy}") from error


def _failed(command: Sequence[str], done: subprocess.CompletedProcess[bytes], remedy: str) -> ScheduleError:
    said = " ".join(done.stderr.decode("utf-8", "replace").split()) or f"it ended with {done.returncode}"
    return ScheduleError(f"`{shlex.join(command)}` failed: {said}; {remedy}")
