"""How fast our operations are, and how much memory they take, beside those of others.

Run ``python -m benchmarks``; ``--help`` lists what it takes.
"""
