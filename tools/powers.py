#!/usr/bin/env python3
"""powers.py - the powers of two whose shortest text a plain loop gets wrong.

Prints "EXPONENT TEXT" for each 2**EXPONENT for which the first "%.{p}e" that
reads back is not the shortest text; TEXT is Python's repr (David Gay's
algorithm) in ECMAScript's form.
"""
from decimal import Decimal


def ecmascript(value):
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, digits)).rstrip("0") or "0"
    n = Decimal(repr(value)).adjusted() + 1
    k = len(digits)
    if k <= n <= 21:
        return digits + "0" * (n - k)
    if 0 < n <= 21:
        return digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return "0." + "0" * -n + digits
    return (digits[0] + ("." + digits[1:] if k > 1 else "") +
            "e%+d" % (n - 1))


for power in range(-1074, 1024):
    value = 2.0 ** power
    plain = next(t for t in ("%.*e" % (p, value) for p in range(17))
                 if float(t) == value)
    if Decimal(plain) != Decimal(repr(value)):
        print(power, ecmascript(value))
