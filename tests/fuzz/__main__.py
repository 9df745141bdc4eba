"""`python -m tests.fuzz`: compare random programs with CPython for long.

Prints what came of the programs, refusals by code, and each kind of finding with its
smallest program; findings are written to the corpus unless `--dry`. The status is 1 when
there was one.
"""

import argparse
import sys

from tests.fuzz import campaign
from tests.fuzz.generate import FAMILIES, program


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first program's seed")
    parser.add_argument("--count", type=int, default=10**9, help="how many programs")
    parser.add_argument("--seconds", type=float, default=600.0, help="for how long")
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
    summary = campaign.campaign(
        options.seed, options.count, options.seconds, options.shrink, families
    )
    for outcome, count in summary.outcomes.most_common():
        print(f"{count:7} {outcome}")
    for title, counter in (("refused:", summary.refusals), ("findings:", summary.categories)):
        if counter:
            print(title)
        for category, count in counter.most_common():
            print(f"{count:7} {category}")
    for finding in summary.findings:
        place = "not saved" if options.dry else campaign.save(finding).name
        print(f"\n==== seed {finding.seed}: {finding.category} ({place})")
        print(finding.text)
        print(finding.report)
    return 1 if summary.findings else 0


if __name__ == "__main__":
    sys.exit(main())
