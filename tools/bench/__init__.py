"""Measure the portal: `python -m tools.bench`. docs/performance.md says what each row means and how it is measured."""
