"""Schedule the nightly crawl with what the system offers: a systemd timer, a launchd agent or a crontab."""

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
TIMEOUT = 60
# Cron, systemd and the shell unescape backslashes differently, and a line break ends a line of a crontab.
NOT_QUOTABLE = re.compile(r"[\\\x00-\x1f\x7f-\x9f]")

Which = Callable[[str], str | None]
Runner = Callable[[Sequence[str], bytes], subprocess.CompletedProcess[bytes]]


class ScheduleError(Exception):
    """The crawl cannot be scheduled; the message says what to do."""


class Job(NamedTuple):
    """A command to run every night, and the local time.

    ``command`` begins with the absolute path of a program; ``folder`` is its working directory, and ``log``
    receives its output on systems without a journal. Both paths are absolute.
    """

    command: tuple[str, ...]
    folder: Path
    log: Path
    hour: int = 2
    minute: int = 30


class Installed(NamedTuple):
    """The files that were written, the commands that were run, and a note for the user."""

    files: tuple[Path, ...]
    commands: tuple[tuple[str, ...], ...]
    note: str = ""


def default_kind(platform: str = sys.platform, which: Which = shutil.which) -> str:
    """Return the kind of scheduler that the system has. Raises ScheduleError if there is none.

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
        "neither systemd nor cron was found; have the system's own scheduler run `nianbao crawl`"
    )


def crawl_command(arguments: Sequence[str], which: Which = shutil.which) -> tuple[str, ...]:
    """Return the command `nianbao crawl` with arguments and an absolute path, as schedulers have no PATH.

    Raises ScheduleError if the program is not installed.
    """
    beside = Path(sys.executable).with_name("nianbao")
    program = which(str(beside)) or which("nianbao")
    if not program:
        raise ScheduleError(
            "the program nianbao is not on the PATH; install it, e.g. with pipx, and try again"
        )
    return (os.path.abspath(program), "crawl", *arguments)


def render(kind: str, job: Job) -> dict[str, str]:
    """Return the files for a kind of scheduler, by name: two units, a plist, or lines for the crontab.

    Raises ScheduleError for a job that it cannot express.
    """
    if reason := next(_problems(job), ""):
        raise ScheduleError(reason)
    match kind:
        case "systemd":
            return {SERVICE: service(job), TIMER: timer(job)}
        case "launchd":
            return {f"{LABEL}.plist": plist(job)}
        case "cron":
            return {"crontab": f"{BEGIN}\n{crontab_line(job)}\n{END}\n"}
    raise ScheduleError(f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}")


def service(job: Job) -> str:
    """Return the unit that runs the job once. Raises ScheduleError for a program with quotes in its path."""
    program, *arguments = job.command
    if re.search("[\"']", program):
        raise ScheduleError(
            f"systemd cannot run a program with quotation marks in its path; rename {program}"
        )
    # systemd expands variables in arguments, but not in the program's path.
    words = [_quote_for_unit(program), *(_quote_for_unit(word).replace("$", "$$") for word in arguments)]
    return f"""\
[Unit]
Description=Nightly crawl of annual reports by nianbao

[Service]
Type=oneshot
WorkingDirectory={str(job.folder).replace("%", "%%")}
ExecStart={" ".join(words)}
"""


def timer(job: Job) -> str:
    """Return the unit that starts the job every night, or at the next boot if the machine was off."""
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
    """Return the agent for launchd, which catches up on a missed night when the Mac wakes."""
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
    """Return the line for a crontab, where an unescaped % would end the command.

    >>> crontab_line(Job(("/opt/a b/nianbao", "crawl"), Path("/srv/the 50%"), Path("/srv/log")))
    "30 2 * * * cd '/srv/the 50\\\\%' && '/opt/a b/nianbao' crawl >> /srv/log 2>&1"
    """
    folder, log = shlex.quote(str(job.folder)), shlex.quote(str(job.log))
    command = f"cd {folder} && {shlex.join(job.command)} >> {log} 2>&1".replace("%", r"\%")
    return f"{job.minute} {job.hour} * * * {command}"


def run(command: Sequence[str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command without a shell. Raises OSError or SubprocessError if that fails."""
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=TIMEOUT)


def install(
    kind: str,
    job: Job,
    run: Runner = run,
    home: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Installed:
    """Have the system run a job every night, in place of any job installed earlier.

    ``home`` defaults to the user's own. Raises ScheduleError if a file cannot be written, or if a command is
    missing or fails.
    """
    home = home or Path.home()
    rendered = render(kind, job)
    try:
        match kind:
            case "systemd":
                return _install_systemd(rendered, run, home, environment)
            case "launchd":
                return _install_launchd(rendered, job, run, home)
        return _install_cron(rendered, job, run)
    except OSError as error:
        raise ScheduleError(
            f"cannot write {error.filename}: {error.strerror}; check its owner and permissions"
        ) from error


def _install_systemd(
    rendered: Mapping[str, str], run: Runner, home: Path, environment: Mapping[str, str]
) -> Installed:
    base = Path(environment.get("XDG_CONFIG_HOME", ""))
    # The XDG Base Directory Specification says to ignore a relative path.
    folder = (base if base.is_absolute() else home / ".config") / "systemd" / "user"
    paths = _write(folder, rendered)
    commands = (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", TIMER),
    )
    for command in commands:
        _run_command(run, command, "log in as yourself, without sudo, or schedule with cron")
    note = "the timer does not run while you are logged out, unless you run `loginctl enable-linger` once"
    return Installed(paths, commands, note)


def _install_launchd(rendered: Mapping[str, str], job: Job, run: Runner, home: Path) -> Installed:
    folder = home / "Library" / "LaunchAgents"
    (path,) = (folder / name for name in rendered)
    commands: tuple[tuple[str, ...], ...] = (("launchctl", "load", str(path)),)
    remedy = "log in at the Mac itself, or schedule with cron"
    if path.exists():
        # launchd ignores a new file for a loaded label; unloading one that is not loaded fails harmlessly.
        commands = (("launchctl", "unload", str(path)), *commands)
        _try_command(run, commands[0], remedy)
    job.log.parent.mkdir(parents=True, exist_ok=True)
    paths = _write(folder, rendered)
    _run_command(run, commands[-1], remedy)
    return Installed(paths, commands)


def _install_cron(rendered: Mapping[str, str], job: Job, run: Runner) -> Installed:
    reading, writing = ("crontab", "-l"), ("crontab", "-")
    remedy = "install cron, or ask the system's administrator to allow you to use it"
    listed = _try_command(run, reading, remedy)
    stderr = listed.stderr.decode("utf-8", "replace").lower()
    # After any other failure a crontab may exist, and would be overwritten.
    if listed.returncode and "no crontab" not in stderr and "no such file" not in stderr:
        raise _failure(reading, listed, remedy)
    # The other lines are kept byte for byte, whatever their encoding.
    crontab = "" if listed.returncode else listed.stdout.decode("utf-8", "surrogateescape")
    new_crontab = replace_block(crontab, rendered["crontab"])
    job.log.parent.mkdir(parents=True, exist_ok=True)
    _run_command(run, writing, remedy, new_crontab.encode("utf-8", "surrogateescape"))
    return Installed((), (reading, writing))


def replace_block(crontab: str, block: str) -> str:
    """Return a crontab with our block replaced, or appended if there is none; other lines are unchanged.

    Raises ScheduleError if the comments around the block are not a single pair.
    """
    lines = crontab.split("\n")
    begins, ends = ([at for at, line in enumerate(lines) if line.strip() == mark] for mark in (BEGIN, END))
    if not begins and not ends:
        return f"{crontab}{'' if not crontab or crontab.endswith(chr(10)) else chr(10)}{block}"
    if not (len(begins) == len(ends) == 1 and begins < ends):
        raise ScheduleError(
            "the comments of nianbao in the crontab are not a single pair; remove them with `crontab -e`"
        )
    return "\n".join((*lines[: begins[0]], block.rstrip("\n"), *lines[ends[0] + 1 :]))


def _problems(job: Job) -> Iterator[str]:
    if not (0 <= job.hour < 24 and 0 <= job.minute < 60):
        yield f"there is no time {job.hour}:{job.minute:02}; give hours from 0 to 23 and minutes from 0 to 59"
    for path in (job.command[0], job.folder, job.log):
        if not Path(path).is_absolute():
            yield f"{path} is a relative path; give one that starts with /"
    for word in (*job.command, str(job.folder), str(job.log)):
        if NOT_QUOTABLE.search(word):
            yield f"{word!r} contains a backslash or a control character; rename it"


def _quote_for_unit(word: str) -> str:
    """Quote a word for ExecStart, where % starts a specifier.

    >>> print(_quote_for_unit('/a b/50%/"x"'))
    "/a b/50%%/\\"x\\""
    """
    return '"' + word.replace('"', '\\"').replace("%", "%%") + '"'


def _write(folder: Path, rendered: Mapping[str, str]) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in rendered.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in rendered)


def _run_command(run: Runner, command: Sequence[str], remedy: str, stdin: bytes = b"") -> None:
    done = _try_command(run, command, remedy, stdin)
    if done.returncode:
        raise _failure(command, done, remedy)


def _try_command(
    run: Runner, command: Sequence[str], remedy: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return run(command, stdin)
    except (OSError, subprocess.SubprocessError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it did not end within {TIMEOUT} seconds"
        raise ScheduleError(f"cannot run {command[0]} ({reason}); {remedy}") from error


def _failure(command: Sequence[str], done: subprocess.CompletedProcess[bytes], remedy: str) -> ScheduleError:
    stderr = " ".join(done.stderr.decode("utf-8", "replace").split()) or f"exit code {done.returncode}"
    return ScheduleError(f"`{shlex.join(command)}` failed: {stderr}; {remedy}")
