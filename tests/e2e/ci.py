"""Checks of what a pipeline reads.

ci.py renderings ONE TWO ODD   two audits' folders of the same candidates at other dates and seeds, and a folder of odd renderings
ci.py pipelines FILE...        YAML files
ci.py script FILE STEP         prints the script of an action's step

The structure of SARIF is that of the OASIS Standard 2.1.0 (errata 01) as far as we use it: its properties by object, the required
ones, types and enumerations, and what GitHub's code scanning asks for beyond it."""
import json, os, re, sys, xml.etree.ElementTree

failures = 0
LEVELS = ("none", "note", "warning", "error")
URI = re.compile(r"(?:[A-Za-z0-9/._~-]|%[0-9A-F]{2})+")
SUMMARY_LIMIT = 1024 * 1024  # of GITHUB_STEP_SUMMARY, in bytes a step


def fail(*words):
    global failures
    failures += 1
    print("FAIL:", *words)


def one_of(*words):
    return lambda x: x in words


def text(x):
    return isinstance(x, str) and x != ""


def count(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool) and x >= 0 and x == int(x)


# An object: {name: check}; "name" required, "name?" optional; a check is a predicate, a shape, or [shape] for a list of them.
MESSAGE = {"text": text}
PLACE = {"uri": lambda x: text(x) and URI.fullmatch(x) and not x.startswith("/")}
RULE = {"id": text, "shortDescription": MESSAGE, "fullDescription": MESSAGE, "help": MESSAGE, "defaultConfiguration": {"level": one_of(*LEVELS)},
        "properties": {"tags": lambda x: isinstance(x, list) and 0 < len(x) <= 20 and all(map(text, x))}}
LOCATION = {"physicalLocation": {"artifactLocation": PLACE, "region": {"startLine": lambda x: count(x) and x >= 1}},
            "logicalLocations": [{"name": text, "kind": text}]}
RESULT = {"ruleId": text, "ruleIndex": count, "level": one_of("note", "warning", "error"), "message": MESSAGE, "locations": [LOCATION],
          "fingerprints": {"assay/v1": lambda x: re.fullmatch("[0-9a-f]{64}", x)},
          "partialFingerprints": {"primaryLocationLineHash": lambda x: re.fullmatch("[0-9a-f]{16}:1", x)}}
NOTIFICATION = {"level": one_of(*LEVELS), "message": MESSAGE, "associatedRule": {"id": text, "index": count}}
ARTIFACT = {"location": PLACE, "length?": count, "roles": lambda x: x == ["analysisTarget"],
            "hashes?": {"sha-256": lambda x: re.fullmatch("[0-9a-f]{64}", x)}}
RUN = {"tool": {"driver": {"name": one_of("assay"), "version": text, "rules": [RULE]}},
       "invocations": [{"executionSuccessful": lambda x: isinstance(x, bool), "toolExecutionNotifications": [NOTIFICATION]}],
       "automationDetails": {"id": text}, "artifacts": [ARTIFACT], "results": [RESULT],
       "properties": {"policy": lambda x: isinstance(x, str), "date": lambda x: isinstance(x, str), "seed": lambda x: x is None or count(x), "auditSha256": text}}
LOG = {"$schema": lambda x: text(x) and x.endswith("sarif-schema-2.1.0.json"), "version": one_of("2.1.0"), "runs": [RUN]}


def check(value, shape, where):
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return fail(where, "is no object:", value)
        for name, inner in shape.items():
            key = name.rstrip("?")
            if key in value:
                check(value[key], inner, f"{where}.{key}")
            elif not name.endswith("?"):
                fail(where, "lacks", key)
        for name in value:
            if name not in shape and name + "?" not in shape:
                fail(where, "has a property that is not known:", name)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return fail(where, "is no list:", value)
        for i, item in enumerate(value):
            check(item, shape[0], f"{where}[{i}]")
    elif not shape(value):
        fail(where, "is", repr(value)[:80])


def unique(items, where):
    texts = [json.dumps(item, sort_keys=True) for item in items]
    if len(set(texts)) < len(texts):
        fail(where, "are not all different")


def check_sarif(path):
    log = json.load(open(path))
    before = failures
    check(log, LOG, path)
    if failures > before:
        return {}
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    unique([rule["id"] for rule in rules], f"{path}: ids of rules")
    unique(run["artifacts"], f"{path}: artifacts")
    unique([r["fingerprints"] for r in run["results"]], f"{path}: fingerprints")
    places = {a["location"]["uri"] for a in run["artifacts"]}
    for result in run["results"]:
        if rules[int(result["ruleIndex"])]["id"] != result["ruleId"]:
            fail(path, "ruleIndex of", result["ruleId"], "leads to another rule")
        if result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] not in places:
            fail(path, "a result is about no artifact")
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        if rules[int(notification["associatedRule"]["index"])]["id"] != notification["associatedRule"]["id"]:
            fail(path, "a notification's rule leads to another")
    if len(run["results"]) > 25000 or os.path.getsize(path) > 10 ** 7:
        fail(path, "is more than GitHub takes")
    return log


def gates_of(audit):
    """(candidate, what the gate is on, level) of the gates that are not passed."""
    return sorted((c["name"], g.get("measure") or g.get("dimension") or "trust", {"fail": "error", "undecided": "warning"}[g["result"]])
                  for c in audit["candidates"] for g in c["gates"] if g["result"] != "pass")


def check_audit(folder):
    """The results are the gates that are not passed, with their levels, and notes; returns rule and fingerprint by candidate."""
    audit, log = json.load(open(folder + "/audit.json")), check_sarif(folder + "/results.sarif")
    results = log["runs"][0]["results"]
    found = sorted((r["locations"][0]["logicalLocations"][0]["name"], r["ruleId"], r["level"]) for r in results if r["level"] != "note")
    if found != gates_of(audit) or not any(level == "error" for _, _, level in found):
        fail(folder, "results", found, "gates", gates_of(audit))
    if not any(r["level"] == "note" for r in results):
        fail(folder, "has no note")
    if {a["hashes"]["sha-256"] for a in log["runs"][0]["artifacts"]} != {c["sha256"] for c in audit["inputs"]["candidates"]}:
        fail(folder, "hashes of the candidates")
    if not any(n["associatedRule"]["id"] == "privacy.shadow" for n in log["runs"][0]["invocations"][0]["toolExecutionNotifications"]):
        fail(folder, "does not say that privacy.shadow was not measured")
    return {(r["locations"][0]["logicalLocations"][0]["name"], r["ruleId"], r["message"]["text"].split("value")[0]): r["fingerprints"]["assay/v1"] for r in results}


def check_junit(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    cases = root.findall("testsuite/testcase")
    counts = {"tests": len(cases), "failures": len(root.findall("testsuite/testcase/failure")), "skipped": len(root.findall("testsuite/testcase/skipped"))}
    for name, number in counts.items():
        if root.tag != "testsuites" or int(root.get(name)) != number or sum(int(s.get(name)) for s in root.findall("testsuite")) != number:
            fail(path, "says", root.get(name), name, "and has", number)


def check_summary(path):
    content = open(path, "rb").read()
    content.decode()
    if len(content) > SUMMARY_LIMIT or not content.startswith(b"# "):
        fail(path, "is no summary that a job takes:", len(content), "bytes")
    rows = [line for line in content.decode().splitlines() if line.startswith("|")]
    for line, after in zip(rows, rows[1:]):
        if after.startswith("|-") and len(re.findall(r"(?<!\\)\|", line)) != len(after.split("|")) - 1:
            fail(path, "a table's head and rule differ:", line[:60])


def renderings(one, two, odd):
    first, second = check_audit(one), check_audit(two)
    common = set(first) & set(second)
    if not common or any(first[key] != second[key] for key in common):
        fail("fingerprints differ from run to run")
    for folder in (one, two, odd):
        for name in os.listdir(folder):
            path = f"{folder}/{name}"
            if name.endswith(".xml"):
                check_junit(path)
            elif name.endswith(".md"):
                check_summary(path)
            elif name.endswith(".sarif"):
                check_sarif(path)


def load(path):
    import yaml

    class Loader(yaml.SafeLoader):
        """'on' is a key of workflows, not a word of truth; a key must not come twice."""

        def construct_mapping(self, node, deep=False):
            keys = [key.value for key, _ in node.value]
            if len(set(keys)) < len(keys):
                raise yaml.YAMLError(f"a key comes twice: {keys}")
            return super().construct_mapping(node, deep)

    Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:bool"] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return yaml.load(open(path), Loader)


def pipelines(*paths):
    for path in paths:  # with or without a YAML reader: what every such file must keep
        for number, line in enumerate(open(path), 1):
            if "\t" in line or line != line.rstrip() + "\n" or (len(line) - len(line.lstrip(" "))) % 2:
                fail(f"{path}:{number}: a tab, a blank at the end or an odd indent")
    try:
        import yaml
    except ImportError:
        return
    action, github, gitlab = (load(path) for path in paths)
    inputs = action["inputs"]
    if action["runs"]["using"] != "composite" or any(not step.get("shell") for step in action["runs"]["steps"]):
        fail("action.yml: a composite action's steps need a shell")
    for name, entry in inputs.items():
        if not text(entry.get("description")) or ("default" in entry) == (entry.get("required") == "true"):
            fail("action.yml: input", name)
    for step in action["runs"]["steps"]:
        if "${{" in step["run"]:
            fail("action.yml: an expression within a script")
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(action["runs"])))
    if used != set(inputs):
        fail("action.yml: inputs", set(inputs), "used", used)
    given = next(step["with"] for step in github["jobs"]["audit"]["steps"] if step.get("uses", "").startswith("OWNER/"))
    if not set(given) <= set(inputs) or not {name for name, entry in inputs.items() if entry.get("required") == "true"} <= set(given):
        fail("docs/ci/github.yml: inputs", set(given))
    if gitlab["audit"]["artifacts"]["reports"]["junit"] != "assay-out/junit.xml" or not gitlab["audit"]["script"]:
        fail("docs/ci/gitlab.yml")


if sys.argv[1] == "script":
    print(next(step["run"] for step in load(sys.argv[2])["runs"]["steps"] if step["name"] == sys.argv[3]))
else:
    {"renderings": renderings, "pipelines": pipelines}[sys.argv[1]](*sys.argv[2:])
sys.exit(failures > 0)
