"""Where an hour of human time goes, per merged standard hour of work: by hand, with the assistant, by an agent."""
