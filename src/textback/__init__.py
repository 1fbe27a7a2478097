"""Textback: the two-way SMS chatbot a business owns."""

__version__ = "0.1.0"
