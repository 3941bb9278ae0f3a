"""Define the states of runs and sweeps, their progress and their recovery."""
