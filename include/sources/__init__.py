"""The adapters, one for each source.

An adapter decides what to request, and parses the responses. It does no I/O.
"""
