"""Limits of theory, facts and constructions that the model is tested against (``orgsim validate``)."""
