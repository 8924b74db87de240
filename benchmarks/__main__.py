"""The command: hold every library to one thread, which must come before they load; then run."""

import os
import sys

for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

if __name__ == "__main__":
    from benchmarks.run import main

    sys.exit(main())
