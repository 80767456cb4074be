"""What is known: tables of published figures and of survey answers, checked on load."""
