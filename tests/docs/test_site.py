"""The site builds without a warning: links within it lead somewhere, tables and plots are made.

Notebooks aren't run here; `test_notebooks` does that.
"""

import importlib.util
import re
import subprocess
import sys

import pytest

from tests.python.harness import IDENTITY
from tests.python.test_docs import ROOT

pytestmark = [
    pytest.mark.skipif(IDENTITY, reason="it doesn't matter how functions are run"),
    pytest.mark.skipif(importlib.util.find_spec("myst_nb") is None, reason="Sphinx isn't installed: `pip install --group docs`"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-D", "nb_execution_mode=off", "docs", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def test_pages(site):
    api = (site / "reference" / "api.html").read_text()
    for name in ("cumbia.jit", "cumbia.vectorize", "cumbia.bench.measure", "cumbia.cuda.jit", "cumbia.extending.overload"):
        assert f'id="{name}"' in api, name
    environment = (site / "reference" / "environment.html").read_text()
    assert "CUMBIA_CACHE_DIR" in environment and "CUMBIA_VERIFY" in environment
    assert "boundscheck" in (site / "reference" / "options.html").read_text()
    assert '<span class="pre">bench</span>' in (site / "reference" / "commands.html").read_text()


def test_every_benchmark_has_a_plot(site):
    shown = set()
    for page in (site / "benchmarks").glob("*.html"):
        shown |= set(re.findall(r"_images/(\w+)-light\.svg", page.read_text()))
    assert shown == {path.stem for path in (ROOT / "benches" / "results").glob("*.json")}


def test_every_example_is_shown(site):
    page = (site / "examples" / "index.html").read_text()
    for path in (ROOT / "docs" / "examples").glob("*.png"):
        assert f"_images/{path.name}" in page and f"docs/examples/{path.stem}.py" in page


def test_links_and_pictures_lead_somewhere(site):
    missing = []
    for page in site.rglob("*.html"):
        if "_static" in page.parts:
            continue
        for target in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text()):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                missing.append(f"{page.relative_to(site)}: {target}")
    assert not missing
