"""Anchored scores, dimensions, gates and the pool index after docs/design.md and the definitions in audit.json."""
import collections, itertools, math, statistics


def clamp(x):
    return min(max(x, 0.0), 1.0)


def check_scores(tally, name, measures):
    for id, m in measures.items():
        if m["status"] != "ok" or m.get("score") is None:
            continue
        a = m["anchor"]
        tally.same("anchored scores", f"{name} {id}", m["score"], clamp((a["m"] - a["f"]) / (a["c"] - a["f"])))
        tally.holds("anchored scores", f"{name} {id} order", m["score_lo"] <= m["score"] <= m["score_hi"])
        if a["reference"] == "holdout":
            continue  # fidelity and representation: from the standard error, which audit.json does not hold
        ends = sorted(clamp((m["interval"][k] - a["f"]) / (a["c"] - a["f"])) for k in ("lo", "hi"))
        tally.same("anchored scores", f"{name} {id} lo", m["score_lo"], ends[0])
        tally.same("anchored scores", f"{name} {id} hi", m["score_hi"], ends[1])


def geometric(pairs):
    """Weighted geometric mean of (weight, value), Σ weights normalised."""
    total = math.fsum(w for w, _ in pairs)
    if any(v == 0 and w > 0 for w, v in pairs):
        return 0.0
    return math.exp(math.fsum(w / total * math.log(v) for w, v in pairs))


def check_trust(tally, audit, candidate):
    name, policy = candidate["name"], audit["policy"]
    parts = collections.defaultdict(list)
    for dimension, d in candidate["dimensions"].items():
        inside = [m for m in candidate["measures"] if m["dimension"] == dimension and m.get("in_index") and policy["measure_weights"].get(m["id"], 1) > 0]
        tally.holds("dimensions", f"{name} {dimension} measures", d["measures"] == [m["id"] for m in inside])
        weights = [policy["measure_weights"].get(m["id"], 1) for m in inside]
        tally.holds("dimensions", f"{name} {dimension} assessed", d["assessed"] == bool(inside))
        if not inside:
            continue
        for end, key in (("score", "score"), ("lo", "score_lo"), ("hi", "score_hi")):
            want = geometric([(w, m[key]) for w, m in zip(weights, inside)])
            tally.same("dimensions", f"{name} {dimension} {end}", d[end], want)
            parts[end].append((policy["weights"][dimension], want))
    for end, key in (("score", "anchored"), ("lo", "lo"), ("hi", "hi")):
        tally.same("trust", f"{name} {key}", candidate["trust"][key], geometric(parts[end]) if parts else None)


def chance(gate, measure):
    """p of a failing gate, read off its interval (docs/gates.md, "Several gates at once"); a score counts unclipped."""
    value, lo, hi, anchor = gate["value"], gate["lo"], gate["hi"], measure.get("anchor")
    if gate["on"] == "score":
        value = (anchor["m"] - anchor["f"]) / (anchor["c"] - anchor["f"])
    half = value - lo if "<=" in gate["rule"] else hi - value
    normal = statistics.NormalDist()
    return 1 - normal.cdf(normal.inv_cdf(0.975) * abs(value - gate["bound"]) / half) if half > 0 else 0.0


def holm(tally, name, judged):
    """Failures among the gates whose bad end decides; judged: [gate, measure, what its own interval says]. Those that are not kept become
    undecided."""
    bad_end = lambda g: g["on"] in ("interval", "score", "lo" if "<=" in g["rule"] else "hi")
    family = [j for j in judged if j[1] is not None and bad_end(j[0])]
    scale = lambda g: (g["measure"], g["on"] == "score", "<=" in g["rule"])
    failing = sorted((j for j in family if j[2] == "fail"), key=lambda j: chance(j[0], j[1]))
    done, floor = [], 0.0
    for j in failing:
        p = chance(j[0], j[1])
        floor = max(floor, min(1.0, p * len({scale(k[0]) for k in family if not any(k is d for d in done)})))
        tally.same("gates", f"{name} {j[0]['measure']} p", j[0]["p"], p)
        tally.same("gates", f"{name} {j[0]['measure']} adjusted p", j[0]["p_adjusted"], floor)
        if floor > 0.05:
            j[2] = "undecided"
        else:
            done.append(j)


def check_gates(tally, audit, candidate):
    measures, judged = {m["id"]: m for m in candidate["measures"]}, []
    for g in candidate["gates"]:
        m = measures[g["measure"]]
        lo, hi, value = g["lo"], g["hi"], g["value"]
        if m["status"] != "ok" or m.get("unreliable") or (g["on"] == "score" and m.get("score") is None):
            judged.append([g, None, "undecided"])
            continue
        ends = (m["score"], m["score_lo"], m["score_hi"]) if g["on"] == "score" else (m["value"], m["interval"]["lo"], m["interval"]["hi"])
        for what, got, want in zip(("value", "lo", "hi"), (value, lo, hi), ends):
            tally.same("gates", f"{candidate['name']} {g['measure']} {what}", got, want)
        if g["on"] in ("value", "lo", "hi"):
            lo = hi = {"value": value, "lo": lo, "hi": hi}[g["on"]]
        if "<=" in g["rule"]:
            want = "pass" if hi <= g["bound"] else "fail" if lo > g["bound"] else "undecided"
        else:
            want = "pass" if lo >= g["bound"] else "fail" if hi < g["bound"] else "undecided"
        judged.append([g, m, want])
    if audit["policy"]["multiplicity"] == "holm":
        holm(tally, candidate["name"], judged)
    for g, _, want in judged:
        tally.same("gates", f"{candidate['name']} {g['measure']} {g['rule']}", g["result"], want)
    results = [want for _, _, want in judged]
    verdict = "fail" if "fail" in results else "pass" if set(results) == {"pass"} else "undecided"
    tally.same("gates", f"{candidate['name']} verdict", candidate["verdict"], verdict)


def check_pool(tally, audit):
    """Ranks over the pool, the two geometric means, the order with the failing ones last."""
    g, pool = "pool index", audit["ranking"]["pool"]
    names = [c["name"] for c in audit["candidates"]]
    measures = {(c["name"], m["id"]): m for c in audit["candidates"] for m in c["measures"]}
    u = collections.defaultdict(dict)
    for entry in pool["measures"]:
        direction, aligned = audit["catalogue"][entry["id"]]["direction"], []
        for i, n in enumerate(names):
            m = measures[n, entry["id"]]
            value = m["value"] if m["status"] == "ok" else None
            tally.same(g, f"{n} {entry['id']} m", entry["m"][i], value)
            aligned.append(-math.inf if value is None else value if direction == "higher" else -value)
        for i, n in enumerate(names):
            rank = 1 if aligned[i] == -math.inf else sum(a <= aligned[i] for a in aligned)
            tally.same(g, f"{n} {entry['id']} k", entry["k"][i], rank)
            tally.same(g, f"{n} {entry['id']} u", entry["u"][i], rank / len(names))
            u[n][entry["id"]] = rank / len(names)
    pi = {}
    for i, n in enumerate(names):
        pi[n] = {}
        for d in pool["omega"]:
            if pool["candidates"][i]["pi"][d] is None:
                continue
            pi[n][d] = geometric([(audit["policy"]["measure_weights"].get(k, 1), v) for k, v in u[n].items() if measures[n, k]["dimension"] == d])
            tally.same(g, f"{n} pi {d}", pool["candidates"][i]["pi"][d], pi[n][d])
        tau = geometric([(audit["policy"]["weights"][d], v) for d, v in pi[n].items()])
        tally.same(g, f"{n} tau", pool["candidates"][i]["tau"], tau)
        tally.same(g, f"{n} tau of the candidate", audit["candidates"][i]["trust"]["pool"], tau)
        tally.holds(g, f"{n} pareto", pool["candidates"][i]["pareto"] == (not dominated(pool, i)))
    wins = win_shares(pool)
    for i, n in enumerate(names):
        tally.same(g, f"{n} win share", pool["candidates"][i]["win_share"], wins[i])


def dominated(pool, i):
    own = pool["candidates"][i]["pi"]
    return any(all(c["pi"][d] >= own[d] for d in own if own[d] is not None) and c["pi"] != own for c in pool["candidates"])


def win_shares(pool):
    """Share of the weight simplex with step 1/4 on which each candidate has the largest tau; ties are shared."""
    dimensions = [d for d in pool["omega"] if pool["candidates"][0]["pi"][d] is not None]
    wins, points = [0.0] * len(pool["candidates"]), 0
    for quarter in itertools.product(range(5), repeat=len(dimensions)):
        if sum(quarter) == 4:
            tau = [geometric([(q, c["pi"][d]) for q, d in zip(quarter, dimensions) if q]) for c in pool["candidates"]]
            first = [i for i, t in enumerate(tau) if t >= max(tau) - 1e-12]
            points += 1
            for i in first:
                wins[i] += 1 / len(first)
    return [w / points for w in wins]
