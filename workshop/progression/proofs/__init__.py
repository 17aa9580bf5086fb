"""Signed proofs of agreed competences."""
