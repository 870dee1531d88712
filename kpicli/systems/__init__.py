"""Known systems: one YAML file each; see `kpicli.proposal.systems`."""
