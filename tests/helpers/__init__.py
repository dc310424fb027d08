"""What several tests share: small organisations, contracts, a fake engine, the program run as a user runs it."""

from pathlib import Path

#: The checkout.
ROOT = Path(__file__).resolve().parents[2]
