"""Compares two dumps of Transfer.java field by field.

    compare.py SOURCE.json TARGET.json [--target-sets]

Prints what differs and `transfer: N objects, N differences`. Exit 1 if anything does. With --target-sets the target is
an ordinary Hive metastore, which sets some fields itself: these are counted and not differences.
"""
import json
import re
import sys

# What a field says in a release that has it is what its absence says in one that has not.
DEFAULTS = {"createTime": 0, "type": "NATIVE", "writeId": (0, -1), "ownerType": "USER", "parameters": {}, "sourceTables": [],
            "isStatsCompliant": False, "rewriteEnabled": False, "storedAsSubDirectories": False, "engine": "hive", "catName": "hive",
            "description": "", "colStats": None, "numDVs": None}
# Hive sets these whatever it is told (or, from 4.0 on, when it makes managed tables external).
SETS = re.compile(r"(/createTime|/grantTime|/lastAnalyzed|/writeId|/grantInfo/createTime|/tableType|/materializationTime|/sourceTables"
                  r"|/parameters/(EXTERNAL|external.table.purge|TRANSLATED_TO_EXTERNAL))$")


def is_default(name, value):
    default = DEFAULTS.get(name, ...)
    return value is ... or default is not ... and (value in default if isinstance(default, tuple) else value == default)


def walk(path, one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        # The definition of a materialized view's source is the table's own; servers show it there as it is when asked.
        names = {"tableName", "dbName", "catName"} if path.endswith("/sourceTables/table") else None
        for name in sorted(set(one) | set(other)):
            if names is None or name in names:
                yield from walk(f"{path}/{name}", one.get(name, ...), other.get(name, ...))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for a, b in zip(one, other):
            yield from walk(path, a, b)
    elif one != other:
        name = path.rsplit("/", 1)[-1]
        if not (is_default(name, one) and is_default(name, other)):
            yield path, one, other


def main():
    with open(sys.argv[1], encoding="utf-8") as source, open(sys.argv[2], encoding="utf-8") as target:
        source, target = json.load(source), json.load(target)
    differences, by_target, fields = 0, {}, 0
    for name in sorted(set(source) | set(target)):
        for path, one, other in walk(name, source.get(name, ...), target.get(name, ...)):
            if "--target-sets" in sys.argv and SETS.search(path):
                field = re.sub(r"^(\w+( \w+)*?) [^ ]*\..*?/", r"\1/", path)
                by_target[field.rsplit("/", 1)[-1]] = by_target.get(field.rsplit("/", 1)[-1], 0) + 1
                continue
            differences += 1
            if differences <= 50:
                print(f"{path}: {'nothing' if one is ... else one!r} at the source, {'nothing' if other is ... else other!r} at the target"[:400])
    if by_target:
        print(f"# set by the target itself: {by_target}")
    print(f"transfer: {len(source)} objects, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
