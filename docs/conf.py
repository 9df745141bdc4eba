"""The documentation's site: `make docs` builds it with Sphinx, warnings being errors.

Pages are the Markdown files of this folder, as they are read without a site too. What is made
when it is built: the API from docstrings, tables from those of the code, plots from the
committed figures of `benches/results`, and what the notebooks print.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cumbia
import cumbia._cumbia  # Before autodoc comes to it, which would take the stub file instead.

project = "cumbia"
author = "The cumbia developers"
copyright = author
release = version = cumbia.__version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "extensions.tables",
    "extensions.plots",
    "extensions.examples",
]
exclude_patterns = ["extensions", "generated", "**/.ipynb_checkpoints"]
root_doc = "index"

# Links and headings.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
nitpicky = False

# Notebooks are committed without outputs and run when the site is built; an error in a cell fails it.
nb_execution_mode = "force"
nb_execution_timeout = 60
nb_execution_raise_on_error = True
nb_merge_streams = True

# Docstrings are in NumPy's form; single backquotes are code in them.
default_role = "code"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
python_display_short_literal_types = True

html_theme = "pydata_sphinx_theme"
html_title = f"cumbia {release}"
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["cumbia.css"]
html_theme_options = {
    "show_prev_next": True,
    "navigation_depth": 3,
    "show_toc_level": 2,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "search_bar_text": "Search the documentation",
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"index": [], "start": [], "examples/index": []}
pygments_style = "a11y-high-contrast-light"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def _linked(app, name, source):
    """The page on safety is the file at the root, where whoever looks for it looks first."""
    source[0] = source[0].replace("](../SECURITY.md", "](explanation/safety.md")


def _fields(app, what, name, member, skip, options):
    """Fields of named tuples stand under the class's attributes already."""
    return True if type(member).__name__ == "_tuplegetter" else None


def setup(app):
    """What pages on the site need beside the extensions."""
    app.connect("source-read", _linked)
    app.connect("autodoc-skip-member", _fields)
