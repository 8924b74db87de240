"""Release the assignments, grade submissions, export marks: see assignments/README.md."""
