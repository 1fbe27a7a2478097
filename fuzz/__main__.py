"""`make fuzz`: python -m fuzz."""

from fuzz.run import main

main()
