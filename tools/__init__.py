"""Programs for people who work on masker; nothing here is shipped."""
