"""Words that every room shares: phones, texts, times, ids, messages, errors. Imports nothing above it."""
