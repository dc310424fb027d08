"""The sub-commands of `orgsim`, a module per group. They parse and print; everything heavy is imported inside them."""
