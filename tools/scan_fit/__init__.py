"""Fits the weights of the scan on labelled tables and says how good they are where they have seen nothing."""
