"""Holds one peer suite's results against what the reference passes and against the ratchet, expected-failures.txt.

    judge.py SUITE (--classes REFERENCE.tsv RESULTS.tsv | --cases REFERENCE.tsv ENGINE LOG)

Prints `SUITE: N passed, N failed`. A failed test is one that the reference passes (or, where there is no reference, any)
and that does not pass here. Exit 1 if one of them is not listed, or if a listed one passes: then strike it.
"""
import fnmatch
import os
import re
import sys

LISTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected-failures.txt")


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]


def listed(suite):
    """Case -> reason, of the lines that speak of this suite."""
    found = {}
    for row in rows(LISTED):
        if len(row) != 3 or not row[2].strip():
            sys.exit(f"{LISTED}: not `suite<TAB>case<TAB>reason`: {row}")
        if fnmatch.fnmatchcase(suite, row[0]):
            found[row[1]] = row[2]
    return found


def of_classes(reference, results):
    """Hive's client tests: (case -> outcome, case -> why, cases of the bar)."""
    outcome, why = {}, {}
    for row in rows(results):
        case = f"{row[0]}.{row[1]}"
        outcome[case], why[case] = row[2], row[4] if len(row) > 4 else ""
    bar = {f"{row[0]}.{row[1]}" for row in rows(reference) if row[2] == "PASS"}
    return outcome, why, bar | {case for case in outcome if case.endswith(".(class)")}


def of_cases(reference, engine, log):
    """The engine scripts' lines: `ok   engine/case (1.2s)`, `FAIL engine/case (1.2s): why`, `skip engine/case: why`."""
    outcome, why, closed = {}, {}, False
    known = {row[2]: row[3] for row in rows(reference) if row[0] == engine and row[3] == "PASS"}
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            closed = closed or re.match(r"\d+ passed, \d+ failed", line) is not None
            if match := re.match(r"(ok  |FAIL) [^/]+/(.*?) \(\d+\.\d+s\)(?:: (.*))?", line):
                outcome[match[2]] = "PASS" if match[1] == "ok  " else "FAIL"
                why[match[2]] = match[3] or ""
            elif match := re.match(r"skip [^/]+/(.*)", line):
                case = max((case for case in known if match[1].startswith(case + ":")), key=len, default=None)
                outcome[case or match[1]] = "SKIP"
    if not closed:
        outcome["(the script)"], why["(the script)"] = "FAIL", "it did not come to its end"
    return outcome, why, set(known) | {"(the script)"} if known else set(outcome)


def main():
    suite, kind, *paths = sys.argv[1:]
    outcome, why, bar = {"--classes": of_classes, "--cases": of_cases}[kind](*paths)
    bar = {case for case in bar if outcome.get(case) != "SKIP"} - ({"(the script)"} - set(outcome))
    lost = sorted(case for case in bar if outcome.get(case) != "PASS")
    passed = sorted(case for case, how in outcome.items() if how == "PASS")
    expected = listed(suite)
    new = [case for case in lost if case not in expected]
    mended = [case for case in passed if case in expected]
    for case in new:
        print(f"lost\t{suite}\t{case}\t{why.get(case, 'did not run')[:200]}")
    for case in mended:
        print(f"mended\t{suite}\t{case}\tstrike it from .ci/expected-failures.txt")
    both = sum(how == "FAIL" and case not in bar for case, how in outcome.items())
    print(f"# {suite}: {len(lost) - len(new)} of the failed are listed; {both} more fail on the reference too")
    print(f"{suite}: {len(passed)} passed, {len(lost)} failed")
    sys.exit(1 if new or mended else 0)


if __name__ == "__main__":
    main()
