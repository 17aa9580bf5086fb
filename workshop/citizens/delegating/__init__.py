"""Somebody is away, and somebody else looks after their caseload meanwhile."""
