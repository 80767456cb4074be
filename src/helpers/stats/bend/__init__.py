"""How far assumptions bend a result: silence, insincerity, choices of analysis."""
