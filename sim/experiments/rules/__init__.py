"""Where one design beats another, or an outcome passes a bar: a rule with a certificate (`orgsim rules`)."""
