"""Benchmarks: ratios against named peers in the same run. Not part of the tests."""
