"""`python -m turncoat`: the command line under another name."""

from turncoat.cli.main import main

if __name__ == "__main__":
    main()
