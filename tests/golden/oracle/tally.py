"""Counts comparisons, keeps what differs."""
import collections, os

TOLERANCE = 1e-9


class Tally:
    """Counts the comparisons of each measure and keeps what differs."""

    def __init__(self):
        self.count, self.worst, self.bad = collections.Counter(), collections.defaultdict(float), []

    def same(self, group, what, got, want, tolerance=TOLERANCE):
        self.count[group] += 1
        if got is None or want is None or isinstance(got, str):
            if got != want:
                self.bad.append(f"{group}: {what}: {got} instead of {want}")
            return
        error = abs(got - want) / max(1, abs(want))
        self.worst[group] = max(self.worst[group], error)
        if not error <= tolerance:
            self.bad.append(f"{group}: {what}: {got!r} instead of {want!r}")

    def holds(self, group, what, truth):
        self.same(group, what, "yes" if truth else "no", "yes")

    def report(self):
        for group in sorted(self.count):
            print(f"  {group}: {self.count[group]} numbers, largest difference {self.worst[group]:.1e}")
        for line in self.bad[:int(os.environ.get("SHOW", 40))]:
            print("DIFFERS", line)
        print(sum(self.count.values()), "numbers compared,", len(self.bad), "differ")
        return not self.bad
