"""The outcome of a run, for people and for machines."""

import json

from .plan import every_name
from .proxy import FAULTS
from .run import Outcome

FIRST = 12
AROUND = 3
LAST_NOTES = 25


def as_json(outcome: Outcome) -> str:
    """Return the outcome as one JSON object."""
    return json.dumps(
        {
            "seed": outcome.seed,
            "seconds": round(outcome.seconds, 1),
            "method": outcome.method,
            "left out": outcome.left_out,
            "fired": {name: outcome.fired[name] for name in (*FAULTS, *every_name())},
            "missing": outcome.missing,
            "counts": dict(sorted(outcome.counts.items())),
            "violations": [{"sentence": v.sentence, "kind": v.kind, "words": v.words} for v in outcome.violations],
        },
        indent=2,
        ensure_ascii=False,
    )


def table(outcome: Outcome) -> str:
    """Return the outcome as a table."""
    by_kind = {
        kind: sum(each.kind == kind for each in outcome.violations) for kind in ("lost", "doubled", "out of order")
    }
    rows = [("seed", str(outcome.seed)), ("seconds", f"{outcome.seconds:.1f}"), ("disk full by", outcome.method)]
    rows += [("left out", outcome.left_out)] if outcome.left_out else []
    rows += [(f"fault: {name}", f"{outcome.fired[name]:,}") for name in (*FAULTS, *every_name())]
    rows += [(name, f"{count:,}") for name, count in sorted(outcome.counts.items())]
    rows += [(name, str(count)) for name, count in by_kind.items()]
    rows.append(("violations", str(len(outcome.violations))))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def failure(outcome: Outcome) -> str:
    """Return the violations in words, with the journal around them."""
    parts = [f"NOT PROVEN with seed {outcome.seed}:"]
    parts += [f"  did not fire: {name}" for name in outcome.missing]
    for violation in outcome.violations[:FIRST]:
        parts.append(f"  {violation}")
        room = outcome.hub.get(violation.room) if violation.room is not None else None
        if room is not None and violation.seq is not None:
            for event in room.log[max(violation.seq - 1 - AROUND, 0) : violation.seq + AROUND]:
                mark = ">" if event.seq == violation.seq else " "
                what = f"{event.seq} {event.kind} of {event.name} ({event.user}) key {event.key}: {event.text[-50:]!r}"
                parts.append(f"      {mark} {what}")
    if len(outcome.violations) > FIRST:
        parts.append(f"  and {len(outcome.violations) - FIRST} more")
    parts.append("  The end of the journal:")
    first = next((n for n, line in enumerate(outcome.journal) if "VIOLATION" in line), len(outcome.journal))
    parts += [f"    {line[:300]}" for line in outcome.journal[max(first - LAST_NOTES, 0) : first + 5]]
    return "\n".join(parts)
