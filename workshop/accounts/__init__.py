"""Accounts, departments, sign-in, enrolled tablets and sessions that can be revoked."""
