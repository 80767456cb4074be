"""What the chapters on respondents show, from a survey to rows."""
