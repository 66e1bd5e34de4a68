"""Live databases as streams of dump bytes, to read from and to load into. One server a module."""
