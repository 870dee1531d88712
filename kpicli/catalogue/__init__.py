"""The built-in metrics and their parameters: YAML files and nothing else."""
