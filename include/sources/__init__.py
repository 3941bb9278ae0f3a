"""One pure adapter per source: what to request for a listing, and what the answers mean."""
