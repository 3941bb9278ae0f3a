"""Pure adapters, one for each source. An adapter says what to request and parses the responses."""
