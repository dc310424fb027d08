"""How many people a share of them is. Nothing heavy, so that scenarios are checked at once."""


def share_of(share: float, n: int) -> int:
    """Return *share* of *n* people as a whole number, half a person rounded up.

    The share counts as the decimal number that was written: .145 of 100 is 14.5, hence 15, although the nearest float lies
    below .145.
    """
    from decimal import ROUND_HALF_UP, Decimal

    return int((Decimal(repr(float(share))) * int(n)).quantize(Decimal(1), ROUND_HALF_UP))
