"""Counting what is there: somebody goes round and scans, staff correct the stock afterwards."""
