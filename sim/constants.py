"""Plain facts that every floor shares: working time, the two human roles, and how small a group may be shown;
and by what, and how surely, a question is decided."""

# --- Time --------------------------------------------------------------------------------------------------------------
HOURS_PER_DAY = 8.0  # working hours
HOURS_PER_WEEK = 40.0
WEEKS_PER_YEAR = 52.0

# --- Roles -------------------------------------------------------------------------------------------------------------
IC, MANAGER = 0, 1
MANAGER_ID = 1 << 24  # permanent ids of managers start here, those of ICs at 0

# --- Decisions ---------------------------------------------------------------------------------------------------------
PRIMARY = "value_per_payroll_usd"  # the outcome that decides unless another one is named
ALPHA = 0.05  # error at which something is called a difference

# --- Privacy -----------------------------------------------------------------------------------------------------------
MINIMUM_PEOPLE = 5  # distinct people of the organisation in the smallest group that is shown
