"""How sure a share is: the interval in which the true one lies, 19 times out of 20."""

from math import sqrt

_Z = 1.959963984540054  # the 97.5 % point of the normal distribution, for two sides of 95 %


def wilson(k: float, n: int) -> tuple[float, float]:
    """The 95 % score interval of the share k/n, both ends from 0 to 1. Holds its promise also for small n and rare answers.

    `k` may be a broken number where a share has been counted over more answers than there are ballots. Raises ValueError
    unless 0 <= k <= n and n > 0. Wilson (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22, 209-212; recommended for small n by Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133.
    """
    if n < 1 or not 0 <= k <= n:
        raise ValueError(f"no share: {k} of {n}")
    share, weight = k / n, _Z * _Z / n
    middle = (share + weight / 2) / (1 + weight)
    reach = _Z / (1 + weight) * sqrt(share * (1 - share) / n + weight / (4 * n))
    return 0.0 if k == 0 else max(0.0, middle - reach), 1.0 if k == n else min(1.0, middle + reach)


def overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two intervals share a point; then the difference between both shares may be chance."""
    return one[0] <= other[1] and other[0] <= one[1]
