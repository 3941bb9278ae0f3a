"""Read and write runs, settle them, and report them."""
