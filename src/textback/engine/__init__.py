"""The conversation engine. Pure: no I/O, no clock, no randomness, no logging. They come in as values."""
