"""Plain facts that every floor shares: time, the two human roles, how small a group may be shown, and what decides."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent  # the folder of this package

# --- Time --------------------------------------------------------------------------------------------------------------
HOURS_PER_DAY = 8.0  # working hours
HOURS_PER_WEEK = 40.0
WEEKS_PER_YEAR = 52.0
QUARTER = 13  # weeks
RISK_WEEKS = 52  # layoffs up to this week count in the yearly risk
NEW = 1.5  # years below which a hire is recent (Revelio Labs, G13)

# --- Roles -------------------------------------------------------------------------------------------------------------
IC, MANAGER = 0, 1
MANAGER_ID = 1 << 24  # permanent ids of managers start here, those of ICs at 0

# --- Decisions ---------------------------------------------------------------------------------------------------------
PRIMARY = "value_per_payroll_usd"  # the outcome that decides unless another one is named
#: What `orgsim sensitivity` studies unless told.
STUDIED = (PRIMARY, "cost_per_value", "lead_time_hours", "change_failure_rate")
ALPHA = 0.05  # error of a claim: a p value below it, after correction, is beyond noise

# --- Privacy -----------------------------------------------------------------------------------------------------------
MINIMUM_PEOPLE = 5  # distinct people of the organisation in the smallest group that is shown

# --- Runs --------------------------------------------------------------------------------------------------------------
MAX_SEED = 2**32 - 1  # of seeds and of run numbers
