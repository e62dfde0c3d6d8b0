"""Rates as staff keep them: a table for each type of resource, or for one resource, with its holes and a trial of it."""
