"""The mechanisms of the model, one file each. They never import each other: `sim.schedule` calls them in order."""
