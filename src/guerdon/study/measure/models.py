"""Models of buying: how often members will buy (BG/NBD), and how much they spend when they do (Gamma-Gamma). Floats throughout.

Sources: P. Fader, B. Hardie, K. L. Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD Model", Marketing
Science 24 (2005), 275-284: equations (6), (8) and (10); the probability to be alive: P. Fader, B. Hardie, K. L. Lee, "Computing P(alive)
Using the BG/NBD Model" (2008); P. Fader, B. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), equations (1) and (5).
The parameters are those of the greatest likelihood, found by SciPy (extra `measure`, decision 0039).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class NotInstalled(Exception):
    """The extra `measure` is not there."""


class NotFitted(Exception):
    """There is no greatest likelihood, or it was not found."""


def _scipy() -> tuple[Any, Any, Any]:
    """numpy, and of SciPy what optimises and what is special. Errors: NotInstalled."""
    try:
        import numpy
        from scipy import optimize, special
    except ImportError:
        raise NotInstalled from None
    return numpy, optimize, special


@dataclass(frozen=True, slots=True)
class Buying:
    """The parameters of BG/NBD: rates of buying are Gamma(r, alpha) over members, chances to leave after a purchase Beta(a, b).

    Units: time in weeks.
    """

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, x: Any, recency: Any, age: Any) -> Any:
        """The probability that members still buy, who bought `x` times after the first, last at `recency`, and are `age` old."""
        numpy, _, _ = _scipy()
        odds = (
            self.a / (self.b + numpy.maximum(x, 1) - 1) * ((self.alpha + age) / (self.alpha + recency)) ** (self.r + x)
        )
        return numpy.where(x > 0, 1 / (1 + odds), 1.0)

    def expected(self, x: Any, recency: Any, age: Any, ahead: float) -> Any:
        """How often each of them is expected to buy in so many weeks to come. Source: equation (10)."""
        _, _, special = _scipy()
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        hyper = special.hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + age + ahead))
        all_of_them = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x) * hyper)
        return all_of_them * self.alive(x, recency, age)


def buying(x: Any, recency: Any, age: Any, members: Any) -> Buying:
    """The model under which these purchases are likeliest.

    Shape: arrays of the same length; so many `members` bought `x` times after the first, the last time at `recency`, and are `age` old.
    Units: weeks since the first purchase.
    Errors: NotInstalled; NotFitted.
    """
    numpy, _, special = _scipy()
    log, gammaln, betaln = numpy.log, special.gammaln, special.betaln
    everybody = members.sum()

    def less_likely(logs: Any) -> float:
        r, alpha, a, b = numpy.exp(logs)
        common = gammaln(r + x) - gammaln(r) + r * log(alpha) - betaln(a, b)
        there = betaln(a, b + x) - (r + x) * log(alpha + age)
        left = betaln(a + 1, b + numpy.maximum(x, 1) - 1) - (r + x) * log(alpha + recency)
        told = numpy.logaddexp(there, numpy.where(x > 0, left, -numpy.inf))
        return float(-(members * (common + told)).sum() / everybody)

    return Buying(*_least(less_likely, 4))


@dataclass(frozen=True, slots=True)
class Spending:
    """The parameters of Gamma-Gamma: amounts are Gamma(p, nu) for a member, nu is Gamma(q, gamma) over members."""

    p: float
    q: float
    gamma: float

    def expected(self, x: Any, mean: Any) -> Any:
        """The amount that members are expected to spend at a time, who spent `mean` on average at each of `x` times. Source: equation (5)."""
        return self.p * (self.gamma + x * mean) / (self.p * x + self.q - 1)


def spending(x: Any, mean: Any) -> Spending:
    """The model under which these amounts are likeliest.

    Shape: arrays of the same length, of members with `x` of one or more, and a `mean` above zero.
    Errors: NotInstalled; NotFitted where no expectation follows from it (q of 1 or less), too.
    """
    numpy, _, special = _scipy()
    log, gammaln = numpy.log, special.gammaln
    scale = float(mean.mean())
    scaled = mean / scale

    def less_likely(logs: Any) -> float:
        p, q, gamma = numpy.exp(logs)
        told = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * log(gamma)
        told = told + (p * x - 1) * log(scaled) + p * x * log(x) - (p * x + q) * log(gamma + x * scaled)
        return float(-told.mean())

    p, q, gamma = _least(less_likely, 3)
    if q <= 1:
        raise NotFitted
    return Spending(p, q, gamma * scale)


_MOST = 12.0
"""Parameters are sought from exp(-12) through exp(12)."""
_FLAT = 1e-5
"""The slope of the mean likelihood, by the logarithm of any parameter, is no more than this where it is greatest."""


def _least(of: Any, parameters: int) -> list[float]:
    """Where a function of logarithms of parameters is least. Errors: NotInstalled; NotFitted where that is at an end of what is sought."""
    numpy, optimize, _ = _scipy()
    bounds = [(-_MOST, _MOST)] * parameters
    options = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500}
    with numpy.errstate(all="ignore"):
        found = optimize.minimize(
            of, numpy.zeros(parameters), method="L-BFGS-B", jac="3-point", bounds=bounds, options=options
        )
    flat = numpy.isfinite(found.fun) and numpy.abs(found.jac).max() < _FLAT
    if not flat or numpy.abs(found.x).max() >= _MOST:
        raise NotFitted
    return [float(each) for each in numpy.exp(found.x)]


def student(confidence: float, freedom: float) -> float:
    """The quantile of Student's t with so many degrees of freedom that leaves half of what is not confident above it. Errors: NotInstalled."""
    try:
        from scipy import special
    except ImportError:
        raise NotInstalled from None
    return float(special.stdtrit(freedom, 0.5 + confidence / 2))
