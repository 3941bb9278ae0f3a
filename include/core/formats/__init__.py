"""Read untrusted bytes, markup, JSON, XML, texts and URLs."""
