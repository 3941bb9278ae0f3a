"""Define the adapters, one for each source. An adapter decides what to request and parses the
responses, without I/O."""
