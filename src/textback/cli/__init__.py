"""The command line."""

import os

# One text is too little work to be shared between threads of numpy's: they would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
