"""Progress of runs over server-sent events.

Each process has one reader of the database for all watched runs and all their streams.
"""
