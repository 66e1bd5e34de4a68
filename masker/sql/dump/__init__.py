"""A dump as a snapshot has it: parts in order, tables with text columns, and the dump again with masked cells."""
