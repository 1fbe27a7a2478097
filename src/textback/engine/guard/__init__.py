"""What a model's reply has to pass before anybody reads it. Pure, and it trusts the model with nothing."""
