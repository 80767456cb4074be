"""Tests between groups, within respondents, and between published distributions."""
