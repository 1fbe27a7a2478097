"""What a bot knows by example: texts become vectors, vectors become intents. Pure; numpy is all it needs."""
