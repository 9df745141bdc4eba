"""What a wheel says of itself: metadata, licences of what is linked in, pages that name what is there."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.python.test_docs import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_metadata():
    assert PROJECT["license"] == "MIT OR Apache-2.0" and PROJECT["requires-python"] == ">=3.11"
    for pattern in PROJECT["license-files"]:
        assert list(ROOT.glob(pattern)), pattern
    # Links that lead nowhere are worse than none.
    assert "urls" not in PROJECT and "Typing :: Typed" in PROJECT["classifiers"]


@pytest.mark.skipif(shutil.which("cargo") is None, reason="needs cargo")
def test_every_crate_has_its_licence():
    """After a change of dependencies `make licences` is due."""
    sys.path.insert(0, str(ROOT / "python"))
    try:
        import licences
    finally:
        sys.path.pop(0)
    try:
        wanted = licences.crates()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"cargo tree can't run here: {error.stderr.splitlines()[-1]}")
    text = (ROOT / "licences" / "crates.txt").read_text()
    head, *rest = text.split("=" * 78 + "\n")
    assert head.split("\n\n")[1].splitlines() == [f"{name} {version}: {licence}" for (name, version), licence in wanted.items()]
    named = {one for names in rest[::2] for one in names.strip().split(", ")}
    assert named == {f"{name} {version}" for name, version in wanted}
    assert "Cranelift" in text or "cranelift-codegen" in text


def test_licences_of_llvm():
    text = (ROOT / "licences" / "llvm.txt").read_text()
    assert "LLVM Exceptions" in text and "GCC RUNTIME LIBRARY EXCEPTION" in text.upper() and "zlib" in text


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md", "docs/start.md", "docs/testing.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
        assert named <= targets, (page, named - targets)
