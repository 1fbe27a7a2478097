"""What is made from the description of the API: the client's operations and types, and docs/api.md. See `make api`."""
