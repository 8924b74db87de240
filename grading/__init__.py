"""Release the assignments, grade whole folders of submissions, and export marks: see assignments/README.md."""
