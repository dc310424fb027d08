"""The mechanisms of the model, one file each. They never import each other: `sim.flow.schedule` calls them in order."""
