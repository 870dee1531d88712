"""Rendering: a report as a table for people, or as CSV, JSON and JSON Lines for programs.

Each format is a function from a report to text; nothing is computed here.
"""
