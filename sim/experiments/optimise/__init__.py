"""`orgsim optimise`: the best designs over what is decided, at equal payroll or under a budget.

Candidates are proposed one batch after the other (`candidates`, `tpe`), all simulated on the same runs; those whose rank is open
get more of them (`race`); the finalists are run on fresh dice and over plausible worlds (`final`), and only these figures are
reported. Designs that do not differ beyond noise are one entry (`front`).
"""
