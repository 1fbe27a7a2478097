"""The road of a message: accept, inbox, turn, outbox, deliver; and tick, which turns due timers into arrivals."""
