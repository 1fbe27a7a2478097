"""What is written elsewhere: documents and web pages, read as text for the knowledge base."""
