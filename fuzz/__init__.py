"""Bad input for every parser of what comes from outside. `make fuzz`; docs/reliability.md says what is found."""
