"""`python -m masker` is `masker`."""

from masker.cli import main

if __name__ == "__main__":
    main()
