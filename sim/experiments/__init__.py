"""Experiments on scenarios: each is a study that returns figures; words and pictures know the study."""
