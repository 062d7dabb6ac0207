"""The nightly crawl, as handed to systemd, launchd and cron; no command is really run."""

import plistlib
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired, run

import pytest

from scraper.schedule import (
    BEGIN,
    END,
    KINDS,
    LABEL,
    SERVICE,
    TIMER,
    Installed,
    Job,
    ScheduleError,
    Which,
    crawl_command,
    crontab_line,
    default_kind,
    install,
    plist,
    render,
    replace_block,
)

NASTY = ("/opt/my tools/50%/ni$an'bao", "crawl", "--place", "广东 省", "100%", "$HOME", ";", 'a"b', "")
JOB = Job(
    ("/usr/bin/nianbao", "crawl", "--place", "440000"), Path("/srv/reports"), Path("/srv/logs/crawl.log")
)
RELOAD = ("systemctl", "--user", "daemon-reload")
ENABLE = ("systemctl", "--user", "enable", "--now", TIMER)


class System:
    """A system that notes what it is told to run, with a crontab and some commands that fail."""

    def __init__(self, crontab: bytes | None = None, failures: Mapping[str, str] | None = None) -> None:
        self.crontab = crontab
        self.failures = failures or {}
        self.commands: list[tuple[str, ...]] = []

    def run(self, command: Sequence[str], given: bytes) -> CompletedProcess[bytes]:
        self.commands.append(tuple(command))
        for word, complaint in self.failures.items():
            if word in command:
                return CompletedProcess(command, 1, b"", complaint.encode())
        if command == ("crontab", "-l"):
            if self.crontab is None:
                return CompletedProcess(command, 1, b"", b"no crontab for me\n")
            return CompletedProcess(command, 0, self.crontab, b"")
        if command == ("crontab", "-"):
            self.crontab = given
        return CompletedProcess(command, 0, b"", b"")


def among(programs: Mapping[str, str]) -> Which:
    """A search of the PATH that finds just these programs."""
    return lambda name: programs.get(name)


def missing(command: Sequence[str], given: bytes) -> CompletedProcess[bytes]:
    raise FileNotFoundError(2, "No such file or directory", command[0])


def hanging(command: Sequence[str], given: bytes) -> CompletedProcess[bytes]:
    raise TimeoutExpired(list(command), 60)


@pytest.mark.parametrize(
    ("platform", "programs", "kind"),
    [
        ("darwin", ["crontab"], "launchd"),
        ("linux", ["systemctl", "crontab"], "systemd"),
        ("linux", ["crontab"], "cron"),
        ("freebsd14", ["crontab"], "cron"),
    ],
)
def test_the_kind_is_chosen_by_what_there_is(platform: str, programs: list[str], kind: str) -> None:
    assert default_kind(platform, among({name: f"/bin/{name}" for name in programs})) == kind


def test_without_any_scheduler_the_remedy_is_said() -> None:
    with pytest.raises(ScheduleError, match="the system's own scheduler run `nianbao crawl`"):
        default_kind("win32", among({}))


def test_the_program_is_found_beside_python_first() -> None:
    beside = str(Path(sys.executable).with_name("nianbao"))
    both = {beside: beside, "nianbao": "/usr/bin/nianbao"}
    assert crawl_command(["-a", "x y"], among(both)) == (beside, "crawl", "-a", "x y")
    assert crawl_command([], among({"nianbao": "/usr/bin/nianbao"})) == ("/usr/bin/nianbao", "crawl")
    with pytest.raises(ScheduleError, match="install it"):
        crawl_command([], among({}))


def test_systemd_units_catch_up_and_spread() -> None:
    units = render("systemd", JOB._replace(hour=4, minute=5))
    assert list(units) == [SERVICE, TIMER]
    timer, service = units[TIMER].splitlines(), units[SERVICE].splitlines()
    assert {"OnCalendar=*-*-* 04:05:00", "Persistent=true", "WantedBy=timers.target"} <= set(timer)
    assert any(line.startswith("RandomizedDelaySec=") for line in timer)
    assert 'ExecStart="/usr/bin/nianbao" "crawl" "--place" "440000"' in service
    assert "WorkingDirectory=/srv/reports" in service


def test_systemd_words_are_quoted() -> None:
    command = ("/opt/my tools/50%/ni$an", *NASTY[1:])
    service = render("systemd", JOB._replace(command=command, folder=Path("/srv/a b/9%")))[SERVICE]
    assert (
        '\nExecStart="/opt/my tools/50%%/ni$an" "crawl" "--place" "广东 省" "100%%" "$$HOME" ";" "a\\"b" ""\n'
    ) in service
    assert "\nWorkingDirectory=/srv/a b/9%%\n" in service


def test_systemd_refuses_quotation_marks_in_the_program_s_path() -> None:
    with pytest.raises(ScheduleError, match="cannot run a program with quotation marks in its path; rename"):
        render("systemd", JOB._replace(command=NASTY))


def test_a_plist_comes_back_as_it_was_meant() -> None:
    job = JOB._replace(command=NASTY, folder=Path("/srv/a & <b>"))
    agent = plistlib.loads(plist(job).encode())
    assert agent["Label"] == LABEL
    assert agent["ProgramArguments"] == list(NASTY)
    assert agent["WorkingDirectory"] == "/srv/a & <b>"
    assert agent["StartCalendarInterval"] == {"Hour": 2, "Minute": 30}
    assert agent["StandardOutPath"] == agent["StandardErrorPath"] == "/srv/logs/crawl.log"


def as_cron_does(line: str) -> str:
    """The command of a crontab's line: what stands before a bare %, with \\% undone."""
    command = line.split(" ", 5)[5]
    assert "%" not in command.replace(r"\%", "")
    return command.replace(r"\%", "%")


def test_the_shell_reads_the_crontab_line_as_it_was_meant(tmp_path: Path) -> None:
    folder = tmp_path / "it's 50% full"
    folder.mkdir()
    log = folder / "the log"
    script = "import os, sys; print(ascii([os.getcwd(), *sys.argv[1:]])); print('!', file=sys.stderr)"
    job = JOB._replace(command=(sys.executable, "-c", script, *NASTY), folder=folder, log=log)
    line = crontab_line(job._replace(hour=23, minute=0))
    assert line.startswith("0 23 * * * ") and "\n" not in line
    for _ in range(2):
        run(["/bin/sh", "-c", as_cron_does(line)], check=True)
    assert sorted(log.read_text().splitlines()) == sorted(["!", ascii([str(folder), *NASTY])] * 2)


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (JOB._replace(hour=24), "there is no time 24:30; give hours"),
        (JOB._replace(minute=60), "there is no time 2:60"),
        (JOB._replace(hour=-1), "there is no time"),
        (JOB._replace(folder=Path("reports")), "reports is a relative path; give one that starts with /"),
        (JOB._replace(log=Path("log")), "log is a relative path"),
        (JOB._replace(command=("nianbao", "crawl")), "nianbao is a relative path"),
        (
            JOB._replace(command=("/bin/nianbao", "a\n* * * * * rm")),
            "contains a backslash or a control character",
        ),
        (JOB._replace(folder=Path("/srv/a\\")), "contains a backslash"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_job_that_cannot_be_written_is_refused(kind: str, job: Job, reason: str, tmp_path: Path) -> None:
    system = System()
    with pytest.raises(ScheduleError, match=reason):
        install(kind, job, system.run, tmp_path, {})
    assert not system.commands and not list(tmp_path.iterdir())


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="no kind 'at'; the kinds are systemd, launchd, cron"):
        install("at", JOB, System().run, tmp_path, {})


@pytest.mark.parametrize("own", [True, False])
def test_systemd_is_installed(tmp_path: Path, own: bool) -> None:
    system, config = System(), tmp_path / "config"
    environment = {"XDG_CONFIG_HOME": str(config) if own else "relative"}
    installed = install("systemd", JOB, system.run, tmp_path, environment)
    folder = (config if own else tmp_path / ".config") / "systemd" / "user"
    assert installed.files == (folder / SERVICE, folder / TIMER)
    assert {path.name: path.read_text("utf-8") for path in installed.files} == render("systemd", JOB)
    assert list(installed.commands) == system.commands == [RELOAD, ENABLE]
    assert "loginctl enable-linger" in installed.note


@pytest.mark.parametrize("word", ["daemon-reload", "enable"])
def test_a_systemctl_that_fails_is_told_with_a_remedy(tmp_path: Path, word: str) -> None:
    system = System(failures={word: "Failed to connect to bus:\nNo medium found\n"})
    with pytest.raises(ScheduleError) as caught:
        install("systemd", JOB, system.run, tmp_path, {})
    assert word in str(caught.value)
    assert "failed: Failed to connect to bus: No medium found; log in as yourself" in str(caught.value)


def test_launchd_is_installed_and_replaced(tmp_path: Path) -> None:
    system, job = (
        System(failures={"unload": "Could not find specified service"}),
        JOB._replace(log=tmp_path / "logs" / "x"),
    )
    path = tmp_path / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    load = ("launchctl", "load", str(path))
    assert install("launchd", job, system.run, tmp_path) == Installed((path,), (load,))
    assert install("launchd", job._replace(hour=5), system.run, tmp_path).files == (path,)
    assert system.commands == [load, ("launchctl", "unload", str(path)), load]
    assert plistlib.loads(path.read_bytes())["StartCalendarInterval"]["Hour"] == 5
    assert job.log.parent.is_dir()


OTHERS = b"# mine\nMAILTO=\xc4\xe3\n\n0 1 * * * backup 100\\%\t\n"


@pytest.mark.parametrize("before", [None, b"", OTHERS, OTHERS.rstrip(b"\n"), b"1 1 * * * x\r\n"])
def test_cron_keeps_all_other_lines(tmp_path: Path, before: bytes | None) -> None:
    system, job = System(before), JOB._replace(log=tmp_path / "logs" / "x")
    installed = install("cron", job, system.run, tmp_path)
    assert list(installed.commands) == system.commands == [("crontab", "-l"), ("crontab", "-")]
    kept = (before or b"") + (b"" if not before or before.endswith(b"\n") else b"\n")
    assert system.crontab == kept + render("cron", job)["crontab"].encode()
    system.crontab += b"# more\n"
    later = job._replace(hour=6)
    install("cron", later, system.run, tmp_path)
    assert system.crontab == kept + render("cron", later)["crontab"].encode() + b"# more\n"
    assert job.log.parent.is_dir()


@pytest.mark.parametrize(
    "crontab", [BEGIN, END, f"{END}\n{BEGIN}\n", f"{BEGIN}\n{BEGIN}\nx\n{END}\n", f"{BEGIN}\n{END}\n" * 2]
)
def test_comments_that_are_no_pair_leave_the_crontab_alone(crontab: str, tmp_path: Path) -> None:
    system = System(crontab.encode())
    with pytest.raises(ScheduleError, match="not a single pair; remove them with `crontab -e`"):
        install("cron", JOB._replace(log=tmp_path / "x"), system.run, tmp_path)
    assert system.crontab == crontab.encode()


def test_a_crontab_that_cannot_be_read_is_not_overwritten(tmp_path: Path) -> None:
    system = System(OTHERS, {"-l": "you (me) are not allowed to use this program (crontab)"})
    with pytest.raises(ScheduleError, match=r"`crontab -l` failed: you \(me\) are not allowed"):
        install("cron", JOB._replace(log=tmp_path / "x"), system.run, tmp_path)
    assert system.crontab == OTHERS and ("crontab", "-") not in system.commands


def test_replacing_twice_is_replacing_once() -> None:
    once = replace_block("a\n", render("cron", JOB)["crontab"])
    assert replace_block(once, render("cron", JOB)["crontab"]) == once


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_that_is_missing_or_hangs_is_told_with_a_remedy(kind: str, tmp_path: Path) -> None:
    job = JOB._replace(log=tmp_path / "x")
    tool = {"systemd": "systemctl", "launchd": "launchctl", "cron": "crontab"}[kind]
    with pytest.raises(
        ScheduleError, match=rf"cannot run {tool} \(No such file or directory\); (log|install)"
    ):
        install(kind, job, missing, tmp_path, {})
    with pytest.raises(ScheduleError, match=rf"cannot run {tool} \(it did not end within 60 seconds\); "):
        install(kind, job, hanging, tmp_path, {})


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file where a folder should be")
    with pytest.raises(ScheduleError, match="cannot write .*config.*; check its owner"):
        install("systemd", JOB, System().run, tmp_path, {})


def test_shell_words_survive() -> None:
    assert shlex.split(as_cron_does(crontab_line(JOB._replace(command=NASTY))))[3:-3] == list(NASTY)
