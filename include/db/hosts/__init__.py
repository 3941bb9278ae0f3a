"""Read and write the leases and states of hosts, and their robots.txt."""
