"""Licences of what a wheel contains beside cumbia: `make licences` writes `licences/`, and wheels carry it.

`crates.txt` has the Rust crates that are linked in, from `cargo tree` and the crates' own files;
`llvm.txt` what `libcumbia_llvm.so` is linked with, from Debian's copyright files of the packages
that were linked. Where a crate offers MIT among others, that text is given, since it names the
holders. A crate that brings no text gets the words of the licence that it names, or those that
another under the same one brings; one that can't have them is an error, not an omission.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "licences"
# Debian's package, and which files of it are linked in.
LINKED = {
    "llvm-22-dev": "LLVM and Polly",
    "libstdc++-12-dev": "libstdc++ (under the GCC Runtime Library Exception)",
    "zlib1g-dev": "zlib",
    "libzstd-dev": "Zstandard",
    "libffi-dev": "libffi",
}

def crates() -> dict[tuple[str, str], str]:
    """Names and versions of crates that are linked in, with their licences."""
    tree = ["cargo", "tree", "--locked", "-p", "cumbia-python", "-p", "cumbia-backend-llvm", "--features", "cumbia-backend-llvm/llvm"]
    tree += ["-e", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}\t{l}", "--target", "x86_64-unknown-linux-gnu"]
    found = {}
    for line in subprocess.run(tree, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines():
        package, _, licence = line.removesuffix(" (*)").partition("\t")
        match = re.fullmatch(r"(\S+) v(\S+)", package)
        # What has a path behind it is this workspace's own.
        if match:
            found[match[1], match[2]] = licence.removesuffix(" (*)")
    return dict(sorted(found.items()))


def folders() -> dict[tuple[str, str], Path]:
    """Where the sources of crates lie."""
    command = ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"]
    facts = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return {(one["name"], one["version"]): Path(one["manifest_path"]).parent for one in facts["packages"]}


def texts(folder: Path, licence: str) -> list[str]:
    """The texts that a crate brings."""
    files = sorted(one for one in folder.iterdir() if re.match(r"(?i)(un)?licen[cs]e|copying|notice", one.name) and one.is_file())
    chosen = [one for one in files if "MIT" in one.name.upper()] if "MIT" in licence else []
    chosen += [one for one in files if one.name.upper().startswith("NOTICE")]
    return [one.read_text(errors="replace").strip() for one in (chosen or files)]


def named(folder: Path, licence: str) -> list[str]:
    """The words of a licence that a crate only names, with the authors it names as holders."""
    if "MIT" in licence:
        authors = tomllib.loads((folder / "Cargo.toml").read_text())["package"].get("authors")
        words = (ROOT / "LICENSE-MIT").read_text().strip().splitlines()
        holder = next(i for i, line in enumerate(words) if line.startswith("Copyright"))
        return ["\n".join([*words[:holder], f"Copyright (c) {', '.join(authors)}", *words[holder + 1 :]])] if authors else []
    return [(ROOT / "LICENSE-APACHE").read_text().strip()] if licence == "Apache-2.0" else []


def main() -> int:
    """Write the files; 1 if a text is missing."""
    OUT.mkdir(exist_ok=True)
    listed, places, wanting = crates(), folders(), []
    written: dict[str, tuple[list[str], str]] = {}
    for (name, version), licence in listed.items():
        found = texts(places[name, version], licence)
        if not found:
            kin = (texts(places[one], licence) for one, other in listed.items() if other == licence and "MIT" not in licence)
            found = named(places[name, version], licence) or next(filter(None, kin), [])
        if not found:
            wanting.append(f"{name} {version} ({licence})")
        for text in found:
            key = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            written.setdefault(key, ([], text))[0].append(f"{name} {version}")
    lines = ["Rust crates in cumbia's extension module and in libcumbia_llvm.so, with their licences; texts below.", ""]
    lines += [f"{name} {version}: {licence}" for (name, version), licence in listed.items()]
    for names, text in written.values():
        lines += ["", "=" * 78, ", ".join(names), "=" * 78, "", text]
    (OUT / "crates.txt").write_text("\n".join(lines) + "\n")
    lines = ["What libcumbia_llvm.so is linked with, where a wheel has it; texts as Debian's packages have them."]
    for package, what in LINKED.items():
        file = Path("/usr/share/doc") / package / "copyright"
        if not file.exists():
            wanting.append(f"{what}: {file}")
            continue
        lines += ["", "=" * 78, f"{what}, from Debian's {package}", "=" * 78, "", file.read_text(errors="replace").strip()]
    if not any(str(LINKED[one]) in line for line in wanting for one in LINKED):
        (OUT / "llvm.txt").write_text("\n".join(lines) + "\n")
    for one in wanting:
        print(f"no text of a licence: {one}", file=sys.stderr)
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
