"""The command that makes the environment knows a whole one from a half-made or an outdated one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from conftest import ROOT


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py, working in an empty folder; it installs nothing."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "made-from")
    (tmp_path / "requirements.txt").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return module


def fill(run: ModuleType) -> bool:
    run.VENV.mkdir()
    return True


def test_an_environment_is_made_once(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    for name in ("install_with_uv", "install_with_pip"):
        monkeypatch.setattr(run, name, lambda: calls.append(1) or fill(run))
    run.make_environment()
    run.make_environment()
    assert len(calls) == 1


def test_an_environment_does_not_remove_itself(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(run)
    monkeypatch.setattr(sys, "prefix", str(run.VENV))
    with pytest.raises(SystemExit, match="cannot be made anew by its own Python"):
        run.make_environment()
    assert run.VENV.is_dir()


@pytest.mark.parametrize("file", ["requirements.txt", "pyproject.toml"])
def test_a_changed_lock_makes_it_anew(
    run: ModuleType, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(run)
    run.STAMP.write_text(run.fingerprint(), encoding="utf-8")
    assert run.is_made()
    (run.ROOT / file).write_text("b==2\n", encoding="utf-8")
    assert not run.is_made()


def test_a_killed_install_is_no_environment(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> bool:
        fill(run)
        raise KeyboardInterrupt

    for name in ("install_with_uv", "install_with_pip"):
        monkeypatch.setattr(run, name, killed)
    with pytest.raises(KeyboardInterrupt):
        run.make_environment()
    assert run.VENV.is_dir()
    assert not run.is_made()


def test_a_failed_install_says_what_to_do(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("install_with_uv", "install_with_pip"):
        monkeypatch.setattr(run, name, lambda: False)
    with pytest.raises(SystemExit, match="needs the network once"):
        run.make_environment()


def test_an_old_python_is_refused(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"got 3\.10; expected 3\.11 or newer"):
        run.make_environment()


def test_a_missing_ensurepip_names_the_package(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = SimpleNamespace(returncode=1, stdout="ensurepip is not available", stderr="")
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        run.install_with_pip()


def test_clean_keeps_the_environment(run: ModuleType) -> None:
    fill(run)
    (run.ROOT / "_build" / "html").mkdir(parents=True)
    assert run.clean() == 0
    assert run.VENV.is_dir()
    assert not (run.ROOT / "_build").exists()


def test_every_target_of_make_is_a_command_with_help() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = {line.split(":")[0]: line for line in lines if ": ##" in line}
    listed = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert len(targets) <= 12
    for target in set(targets) - {"help"}:
        assert f"    {target} " in listed
