"""How results are shown: words, charts, tables, and the register of all of them."""
