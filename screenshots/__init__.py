"""The pictures of the README and the documents: a desk that is always as busy, photographed in Chromium."""
