"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import scipy
import torch


def facts() -> list[str]:
    """Return lines that name the machine and the versions of what is compared."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    lines = [
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}, NumPy {np.__version__} ({blas['name']} "
        f"{blas['version']}), SciPy {scipy.__version__}, torch {torch.__version__}",
        f"float32, one thread each: torch has {torch.get_num_threads()}, and "
        f"OPENBLAS_NUM_THREADS={os.environ.get('OPENBLAS_NUM_THREADS', 'unset')}",
    ]
    if hasattr(os, "getloadavg"):
        lines.append(f"load at the start: {os.getloadavg()[0]:.1f} (other programs add noise)")
    return lines


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
