"""How large the records and headers of a CSV file may be."""

# A record is read whole into memory, a few blocks are in flight at once, and a run must stay under 400 MB.
RECORD_BYTES = 16 << 20
# Twice what Excel holds in a sheet (16,384) and twenty times PostgreSQL's 1,600; more is a broken separator.
COLUMNS = 32_768
