"""Read and write checks, sweeps, their batches, and their way to Airflow."""
