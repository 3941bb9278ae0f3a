"""Read and write what belongs to one user, except their runs."""
