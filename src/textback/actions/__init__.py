"""What asks other systems for something on behalf of a bot: one module per kind of action."""
