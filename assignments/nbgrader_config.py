"""What nbgrader's own commands, run in this folder, should know; `make grade` needs none of it."""

import sys
from pathlib import Path

# For `nbgrader export --exporter=grading.exporters.CanvasExporter` and its like.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

c = get_config()  # noqa: F821
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Execute.timeout = 60
c.OverwriteCells.add_missing_cells = True
