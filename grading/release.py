"""Write what students get, without solutions and hidden tests, with nbgrader."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import nbconvert
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SAWarning
from traitlets.config import Config


def lead(variable: str, folder: Path) -> None:
    """Let a folder be the first of those that a variable of the environment names."""
    os.environ[variable] = os.pathsep.join(filter(None, [str(folder), os.environ.get(variable)]))


# nbgrader calls alembic by its bare name, which is found only where the environment is activated.
lead("PATH", Path(sys.executable).parent)
# nbconvert's templates lie in the environment that nbconvert is installed in, which may be another.
lead("JUPYTER_PATH", Path(nbconvert.__file__).parents[4] / "share" / "jupyter")

# nbgrader 0.9.6 makes SQLAlchemy 2 warn, wherever it adds a submission; nothing comes of it.
warnings.filterwarnings("ignore", category=SAWarning)


@event.listens_for(Engine, "connect")
def hurry(connection: Any, _: Any) -> None:
    """Let no commit wait for the disk: what a gradebook holds can be graded again."""
    connection.execute("PRAGMA synchronous = OFF")


SILENT = logging.getLogger("grading")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


def course_directory(root: Path, name: str, student: str = "*") -> CourseDirectory:
    """Return nbgrader's view of a course folder, for one assignment."""
    config = Config()
    config.CourseDirectory.root = str(root.resolve())
    config.CourseDirectory.assignment_id = name
    config.CourseDirectory.student_id = student
    return CourseDirectory(config=config, log=SILENT)


def release(root: Path, name: str) -> Path:
    """Write an assignment's release version and enter it in the gradebook; return the notebook's path."""
    GenerateAssignment(coursedir=course_directory(root, name), force=True, log=SILENT).start()
    return root / "release" / name / f"{name}.ipynb"


def template(course: Path, name: str, folder: Path) -> Path:
    """Make a course folder with one assignment and no students, to be copied for each."""
    shutil.copytree(course / "source" / name, folder / "source" / name)
    release(folder, name)
    return folder
