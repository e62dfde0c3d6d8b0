"""A house in which everything that booking knows happens: how it is furnished, what people do there, and what must be true."""
