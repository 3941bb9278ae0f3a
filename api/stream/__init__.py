"""Stream the progress of runs as server-sent events.

Each process has one reader of the database for all watched runs and all their streams.
"""
