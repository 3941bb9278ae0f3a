"""Read and write checks, sweeps and batches, and the outbox of sweeps for Airflow."""
