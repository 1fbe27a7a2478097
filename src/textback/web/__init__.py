"""The web: webhooks, the HTTP API, the desk and the simulator."""
