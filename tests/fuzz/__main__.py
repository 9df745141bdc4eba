"""`python -m tests.fuzz`: compare random programs with CPython for long.

Prints each kind of finding with its smallest program when it is found, and in the end what
came of the programs, with refusals by code; findings are written to the corpus unless
`--dry`. The status is 1 when there was one.
"""

import argparse
import sys

from tests.fuzz import campaign
from tests.fuzz.generate import FAMILIES, program


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first program's seed")
    parser.add_argument("--count", type=int, default=10**9, help="how many programs")
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--shrink", type=float, default=60.0, help="seconds for each finding")
    parser.add_argument("--dry", action="store_true", help="don't write to the corpus")
    parser.add_argument("--show", action="store_true", help="print the seed's program and end")
    parser.add_argument("--families", help="constructs beside numbers, by commas; none is an empty word")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        campaign.work()
        return 0
    families = FAMILIES
    if options.families is not None:
        families = tuple(filter(None, options.families.split(",")))
        unknown = set(families) - set(FAMILIES)
        if unknown:
            parser.error(f"no such families: {', '.join(sorted(unknown))}; there are {', '.join(FAMILIES)}")
    if options.show:
        print(program(options.seed, families))
        return 0

    def found(finding: campaign.Finding) -> None:
        place = "not saved" if options.dry else campaign.save(finding).name
        print(f"\n==== seed {finding.seed}: {finding.category} ({place})")
        print(finding.text)
        print(finding.report, flush=True)

    summary = campaign.campaign(
        options.seed, options.count, 60 * options.minutes, options.shrink, families,
        options.jobs, progress, found,
    )  # fmt: skip
    for outcome, count in summary.outcomes.most_common():
        print(f"{count:7} {outcome}")
    for title, counter in (("refused:", summary.refusals), ("findings:", summary.categories)):
        if counter:
            print(title)
        for category, count in counter.most_common():
            print(f"{count:7} {category}")
    return 1 if summary.findings else 0


def progress(summary: campaign.Summary, seconds: float) -> None:
    """One line, on the standard error."""
    done = sum(summary.outcomes.values())
    parts = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.most_common())
    print(f"{seconds:7.0f} s {done:8} programs {done / seconds:6.1f}/s: {parts}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
