"""The two halves of the targets of privacy.membership: Philox4x32-10 (Salmon et al. 2011) under a hashed key, and what is judged across them."""
import struct

MASK32, MASK64 = (1 << 32) - 1, (1 << 64) - 1
SECRETS = 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3


def fold(a, b):
    product = a * b
    return (product & MASK64) ^ (product >> 64)


def key_of(text, seed):
    data, state = text.encode(), fold(seed ^ SECRETS[0], SECRETS[1])
    left = data
    while len(left) >= 16:
        a, b = struct.unpack("<QQ", left[:16])
        state, left = fold(a ^ SECRETS[1], b ^ state), left[16:]
    a, b = struct.unpack("<QQ", left.ljust(16, b"\0"))
    state = fold(a ^ SECRETS[1], b ^ state)
    return fold(state ^ SECRETS[2], len(data) ^ SECRETS[1])


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & MASK32, (p >> 32) ^ c[3] ^ k[1], p & MASK32]
        k = [(k[0] + 0x9E3779B9) & MASK32, (k[1] + 0xBB67AE85) & MASK32]
    return c


def stream(text, seed, replicate):
    """64-bit numbers, low word first."""
    key, block = key_of(text, seed), 0
    while True:
        words = philox((block, replicate, 0, 0), (key & MASK32, key >> 32))
        yield words[1] << 32 | words[0]
        yield words[3] << 32 | words[2]
        block += 1


def permutation(numbers, n):
    """Of 0 … n−1, from a stream."""
    order = [0] * n
    for i in range(n):
        product = next(numbers) * (i + 1)
        # Lemire's rejection: its chance is n/2^64.
        j = product >> 64
        order[i] = order[j]
        order[j] = i
    return order


def halves(n, seed, replicate):
    """Half 0 or 1 of each of n targets."""
    result = [0] * n
    for i, target in enumerate(permutation(stream("privacy.membership halves", seed, replicate), n)):
        result[target] = i % 2
    return result


def counts_at(f, members, others, side):
    """Per half: hits and false alarms at the threshold that lets at most a share f of the other half's strangers pass."""
    result = []
    for half in (0, 1):
        known = sorted((s for s, h in zip(others, side[1]) if h != half), reverse=True)
        allowed = int(f * len(known) + 1e-9)
        threshold = known[allowed]
        result.append(tuple(sum(s > threshold and h == half for s, h in zip(scores, sides)) for scores, sides in ((members, side[0]), (others, side[1]))))
    return result


def best_counts(members, others, side):
    """The same at the threshold with the largest difference of rates on the other half."""
    result = []
    for half in (0, 1):
        m, o = (sorted(s for s, h in zip(scores, sides) if h != half) for scores, sides in ((members, side[0]), (others, side[1])))
        best, threshold = -1.0, None
        for t in sorted(set(m) | set(o), reverse=True):
            gain = sum(s > t for s in m) / len(m) - sum(s > t for s in o) / len(o)
            if gain > best:
                best, threshold = gain, t
        result.append(tuple(sum(s > threshold and h == half for s, h in zip(scores, sides)) for scores, sides in ((members, side[0]), (others, side[1]))))
    return result


def exposed(hits, false, members, others):
    t, f = hits / members, false / others
    return (t - f) / (1 - f)
