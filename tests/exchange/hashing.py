"""Small deterministic hashes: all that is made up follows from the seed and the clock."""

from hashlib import blake2b

_MASK = (1 << 64) - 1


def key_of(*parts: object) -> int:
    """Give a 64-bit key for some parts,
    the same in every process (Python's own str hash is not)."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def mix(key: int, index: int) -> int:
    """Hash `index` under `key` to 64 well-mixed bits (the finalizer of splitmix64)."""
    x = (key ^ (index * 0x9E3779B97F4A7C15)) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def fraction(bits: int) -> float:
    """Map 64 hashed bits to [0, 1)."""
    return bits / 18446744073709551616.0


def signed(bits: int) -> float:
    """Map 64 hashed bits to [-1, 1)."""
    return bits / 9223372036854775808.0 - 1.0
