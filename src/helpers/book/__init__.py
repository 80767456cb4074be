"""How the book is made: chapters are executed, checked, and published as pages."""
