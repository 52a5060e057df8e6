"""Errors that end a job, and rows that skip models."""
