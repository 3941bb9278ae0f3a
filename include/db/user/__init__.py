"""Read and write the data of single users, except their runs."""
